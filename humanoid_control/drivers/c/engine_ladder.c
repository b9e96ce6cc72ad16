/* SPDX-License-Identifier: Apache-2.0 */
/* The ladder of states, and the frames of each tick. */
#include <math.h>

#include "engine_internal.h"

#define VOLTAGE_INDEX 0x701C

void drv_enter_off(struct drv_engine *engine)
{
    engine->status.state = DRV_STATE_OFF;
    engine->stop_frames = DRV_STOP_TICKS;
    engine->has_command = engine->commanded = 0;
}

void drv_latch(struct drv_engine *engine, int64_t now, int cause, int place, double detail)
{
    int state = engine->status.state;
    if (state == DRV_STATE_OFF)
        return;
    if (!engine->status.latched) {
        engine->status.latched = 1;
        engine->status.cause = cause;
        engine->status.place = place;
        engine->status.detail = detail;
        engine->latched_since = now;
    }
    if (state == DRV_STATE_ENABLING)
        drv_enter_off(engine);
    else if (state == DRV_STATE_RUN)
        drv_enter_hold(engine, now);
}

void drv_engine_collect(struct drv_engine *engine, int64_t now)
{
    int place = 0;
    double detail = 0.0;
    pthread_mutex_lock(&engine->lock);
    if (engine->setup.lock_step)
        for (int i = 0; i < engine->setup.buses; i++)
            drv_bus_drain(engine, i, now);
    drv_motors_to_joints(engine, now);
    engine->status.ticks++;
    if (engine->status.state >= DRV_STATE_HOLD) {
        int cause = drv_check(engine, now, &place, &detail);
        if (cause != DRV_CAUSE_NONE)
            drv_latch(engine, now, cause, place, detail);
    }
    pthread_mutex_unlock(&engine->lock);
}

int drv_engine_command(struct drv_engine *engine, int64_t now, const double *position, const double *velocity,
                       const double *effort)
{
    for (int i = 0; i < engine->setup.joints; i++)
        if (!isfinite(position[i]) || !isfinite(velocity[i]) || !isfinite(effort[i])) {
            pthread_mutex_lock(&engine->lock);
            engine->status.refused_commands++;
            engine->status.refused_joint = i;
            pthread_mutex_unlock(&engine->lock);
            return -(1 + i);
        }
    pthread_mutex_lock(&engine->lock);
    for (int i = 0; i < engine->setup.joints; i++) {
        engine->joints[i].command_position = position[i];
        engine->joints[i].command_velocity = velocity[i];
        engine->joints[i].command_effort = effort[i];
    }
    engine->command_at = now;
    engine->has_command = engine->commanded = 1;
    engine->status.commands++;
    pthread_mutex_unlock(&engine->lock);
    return DRV_OK;
}

static void sit_down(struct drv_engine *engine, int64_t now)
{
    for (int i = 0; i < engine->setup.joints; i++)
        engine->sit_from[i] = engine->joints[i].hold_position;
    engine->status.state = DRV_STATE_SIT;
    engine->sit_since = now;
}

static void climb_or_fall(struct drv_engine *engine, int64_t now)
{
    struct drv_status *status = &engine->status;
    double age = engine->has_command ? drv_seconds(engine->command_at, now) : INFINITY;
    switch (status->state) {
    case DRV_STATE_RUN:
        if (age > 1.5 * engine->setup.period)
            status->stale_ticks++;
        if (age > engine->setup.stale_after)
            drv_enter_hold(engine, now);
        break;
    case DRV_STATE_HOLD:
        if (!status->latched && age <= engine->setup.stale_after) {
            status->state = DRV_STATE_RUN;
            engine->blend_since = now;
        } else if (!status->latched && engine->has_command && age > engine->setup.sit_after) {
            drv_latch(engine, now, DRV_CAUSE_STALE, 0, age);
            sit_down(engine, now);
            break;
        }
        if (status->latched && (status->cause != DRV_CAUSE_REQUEST || status->place == 1) &&
            drv_seconds(engine->latched_since, now) >= engine->setup.sit_after)
            sit_down(engine, now);
        break;
    case DRV_STATE_SIT:
        if (drv_seconds(engine->sit_since, now) > engine->setup.sit_time)
            drv_enter_off(engine);
        break;
    default:
        break;
    }
}

static struct drv_frame *post(struct drv_engine *engine, int bus)
{
    struct drv_bus *port = &engine->buses[bus];
    return port->outbox_size < DRV_PORT_BATCH ? &port->outbox[port->outbox_size++] : NULL;
}

/* One frame to a motor that it answers with feedback. */
static void post_to(struct drv_engine *engine, struct drv_motor *motor, int type, int64_t now)
{
    struct drv_frame *frame = post(engine, motor->setup.bus);
    if (frame == NULL)
        return;
    const double *c = motor->command;
    struct drv_control control = {c[0], c[1], c[2], c[3], c[4]};
    int code = type == DRV_CONTROL
                   ? drv_encode_control(&motor->setup.ranges, motor->setup.id, &control, frame)
               : type == DRV_ENABLE ? drv_encode_enable(engine->setup.host, motor->setup.id, frame)
                                    : drv_encode_stop(engine->setup.host, motor->setup.id, 0, frame);
    if (code < 0) {
        engine->buses[motor->setup.bus].outbox_size--;
        return;
    }
    if (code & DRV_FIELD_TORQUE)
        engine->status.saturated++;
    if (motor->awaiting)
        motor->state.lost++;
    motor->awaiting = 1;
    motor->sent_at = now;
    motor->state.sent++;
}

/* First all motors are heard, then the posture they are in is held by those that are on until all are. */
static void post_enabling(struct drv_engine *engine, int64_t now)
{
    int silent = -1, limp = -1;
    for (int i = 0; i < engine->setup.motors; i++) {
        if (engine->motors[i].state.stamp == 0)
            silent = i;
        else if (engine->motors[i].state.mode != DRV_MODE_RUN)
            limp = i;
    }
    if (silent < 0 && !engine->posture_known) {
        drv_enter_hold(engine, now);
        engine->posture_known = 1;
    }
    engine->status.state = silent < 0 && limp < 0 ? DRV_STATE_HOLD : DRV_STATE_ENABLING;
    if (engine->status.state == DRV_STATE_ENABLING &&
        drv_seconds(engine->enable_since, now) > engine->setup.enable_time) {
        int place = silent >= 0 ? silent : limp;
        drv_latch(engine, now, DRV_CAUSE_NOT_ENABLED, place, engine->motors[place].state.faults);
        return;
    }
    if (silent < 0) {
        drv_compute_targets(engine, now);
        drv_joints_to_motors(engine);
    }
    for (int i = 0; i < engine->setup.motors; i++) {
        struct drv_motor *motor = &engine->motors[i];
        int type = silent >= 0 ? DRV_STOP : motor->state.mode != DRV_MODE_RUN ? DRV_ENABLE : DRV_CONTROL;
        post_to(engine, motor, type, now);
    }
}

static void post_poll(struct drv_engine *engine)
{
    if (engine->setup.poll_every <= 0 || engine->status.ticks % engine->setup.poll_every)
        return;
    for (int b = 0; b < engine->setup.buses; b++) {
        struct drv_bus *bus = &engine->buses[b];
        for (int tried = 0; tried < engine->setup.motors; tried++) {
            const struct drv_motor *motor = &engine->motors[bus->next_poll];
            bus->next_poll = (bus->next_poll + 1) % engine->setup.motors;
            if (motor->setup.bus != b)
                continue;
            struct drv_frame *frame = post(engine, b);
            if (frame != NULL)
                drv_encode_read_parameter(engine->setup.host, motor->setup.id, VOLTAGE_INDEX, frame);
            break;
        }
    }
}

static void post_commands(struct drv_engine *engine, int64_t now)
{
    if (engine->status.state == DRV_STATE_OFF) {
        if (engine->stop_frames == 0)
            return;
        engine->stop_frames--;
        for (int i = 0; i < engine->setup.motors; i++)
            post_to(engine, &engine->motors[i], DRV_STOP, now);
        return;
    }
    drv_compute_targets(engine, now);
    drv_joints_to_motors(engine);
    for (int i = 0; i < engine->setup.motors; i++)
        post_to(engine, &engine->motors[i], engine->motors[i].switched_off ? DRV_STOP : DRV_CONTROL, now);
    post_poll(engine);
}

void drv_engine_send(struct drv_engine *engine, int64_t now)
{
    pthread_mutex_lock(&engine->lock);
    climb_or_fall(engine, now);
    if (!engine->setup.read_only) {
        if (engine->status.state == DRV_STATE_ENABLING)
            post_enabling(engine, now);
        else
            post_commands(engine, now);
    }
    for (int i = 0; i < engine->setup.buses; i++) {
        struct drv_bus *bus = &engine->buses[i];
        if (bus->outbox_size && bus->send >= 0 && !bus->state.lost) {
            int sent = drv_port_send(bus->send, bus->outbox, bus->outbox_size);
            if (sent == DRV_PORT_LOST)
                bus->state.lost = 1;
            else {
                bus->state.sent += (uint64_t)sent;
                bus->state.dropped += (uint64_t)(bus->outbox_size - sent);
            }
        }
        bus->outbox_size = 0;
    }
    pthread_mutex_unlock(&engine->lock);
}
