/* SPDX-License-Identifier: Apache-2.0 */
/* Life of the engine, its monitors, and what others ask it for. */
#include "engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"

static int positive(double value)
{
    return isfinite(value) && value > 0.0;
}

static int within(int index, int count)
{
    return index >= 0 && index < count;
}

static int setup_valid(const struct drv_engine_setup *s)
{
    return within(s->buses, DRV_MAX_BUSES + 1) && within(s->motors, DRV_MAX_MOTORS + 1) &&
           within(s->joints, DRV_MAX_JOINTS + 1) && within(s->singles, DRV_MAX_JOINTS + 1) &&
           within(s->pairs, DRV_MAX_JOINTS + 1) && within(s->host, 256) && positive(s->period) &&
           positive(s->stale_after) && positive(s->sit_after) && positive(s->sit_time) && positive(s->blend_time) &&
           positive(s->silent_after) && positive(s->enable_time);
}

static int add_motors(struct drv_engine *engine, const struct drv_motor_setup *motors)
{
    for (int i = 0; i < engine->setup.motors; i++) {
        if (!within(motors[i].bus, engine->setup.buses) || !within(motors[i].id, 256) ||
            engine->motor_of[motors[i].bus][motors[i].id] || !positive(motors[i].torque_limit))
            return DRV_ENGINE_BAD_SETUP;
        engine->motor_of[motors[i].bus][motors[i].id] = i + 1;
        engine->motors[i].setup = motors[i];
        engine->motors[i].state.derating = 1.0;
    }
    return DRV_OK;
}

static int add_singles(struct drv_engine *engine, const struct drv_single_setup *singles)
{
    for (int i = 0; i < engine->setup.singles; i++) {
        if (!within(singles[i].joint, engine->setup.joints) || !within(singles[i].motor, engine->setup.motors) ||
            !isfinite(singles[i].offset) || !positive(fabs(singles[i].ratio)))
            return DRV_ENGINE_BAD_SETUP;
        engine->singles[i] = singles[i];
    }
    return DRV_OK;
}

static int add_pairs(struct drv_engine *engine, const struct drv_pair_setup *pairs)
{
    for (int i = 0; i < engine->setup.pairs; i++) {
        struct drv_pair *pair = &engine->pairs[i];
        for (int k = 0; k < 2; k++)
            if (!within(pairs[i].joints[k], engine->setup.joints) ||
                !within(pairs[i].motors[k], engine->setup.motors) ||
                !isfinite(pairs[i].offset[k]) || !positive(fabs(pairs[i].ratio[k])))
                return DRV_ENGINE_BAD_SETUP;
        pair->setup = pairs[i];
        int code = drv_ankle_inverse(pair->setup.rods, pair->posture, pair->zero, pair->jacobian);
        if (code != DRV_ANKLE_OK)
            return code;
    }
    return DRV_OK;
}

struct drv_engine *drv_engine_create(const struct drv_engine_setup *setup, const struct drv_motor_setup *motors,
                                     const struct drv_joint_setup *joints, const struct drv_single_setup *singles,
                                     const struct drv_pair_setup *pairs, int *code)
{
    *code = DRV_OK;
    struct drv_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL)
        return NULL;
    *code = DRV_ENGINE_BAD_SETUP;
    if (setup_valid(setup)) {
        engine->setup = *setup;
        for (int i = 0; i < setup->joints; i++)
            engine->joints[i].setup = joints[i];
        *code = add_motors(engine, motors);
        if (*code == DRV_OK)
            *code = add_singles(engine, singles);
        if (*code == DRV_OK)
            *code = add_pairs(engine, pairs);
    }
    if (*code != DRV_OK) {
        free(engine);
        return NULL;
    }
    for (int i = 0; i < DRV_MAX_BUSES; i++)
        engine->buses[i].receive = engine->buses[i].send = -1;
    engine->status.refused_joint = -1;
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setprotocol(&kind, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&engine->lock, &kind);
    pthread_mutexattr_destroy(&kind);
    return engine;
}

void drv_engine_destroy(struct drv_engine *engine)
{
    if (engine == NULL)
        return;
    for (int i = 0; i < engine->setup.buses; i++)
        drv_bus_stop_thread(engine, i);
    pthread_mutex_destroy(&engine->lock);
    free(engine);
}

int drv_engine_attach(struct drv_engine *engine, int bus, int receive, int send, int connected)
{
    if (!within(bus, engine->setup.buses))
        return DRV_ENGINE_BAD_SETUP;
    drv_bus_stop_thread(engine, bus);
    pthread_mutex_lock(&engine->lock);
    struct drv_bus *port = &engine->buses[bus];
    port->receive = receive;
    port->send = send;
    port->connected = connected;
    port->state.lost = receive < 0;
    pthread_mutex_unlock(&engine->lock);
    if (receive < 0 || engine->setup.lock_step)
        return DRV_OK;
    return drv_bus_start_thread(engine, bus);
}

/* Cause at one motor, if any; such a motor gets no further commands except for what concerns its supply. */
static int check_motor(struct drv_engine *engine, struct drv_motor *motor, int64_t now, double *detail)
{
    const struct drv_motor_state *state = &motor->state;
    int cause = DRV_CAUSE_NONE;
    if (state->faults || state->report) {
        cause = DRV_CAUSE_MOTOR_FAULT;
        *detail = state->faults;
    } else if (motor->jumps >= DRV_JUMPS_OF_A_FAULT) {
        cause = DRV_CAUSE_ENCODER;
    } else if (state->temperature >= motor->setup.stop_at) {
        cause = DRV_CAUSE_TEMPERATURE;
        *detail = state->temperature;
    } else if (drv_seconds(state->stamp, now) > engine->setup.silent_after) {
        cause = DRV_CAUSE_MOTOR_SILENT;
        *detail = drv_seconds(state->stamp, now);
    } else if (state->mode != DRV_MODE_RUN) {
        cause = DRV_CAUSE_MOTOR_LIMP;
    } else if (state->voltage > 0.0 &&
               (state->voltage < motor->setup.volt_minimum || state->voltage > motor->setup.volt_maximum)) {
        *detail = state->voltage;
        return DRV_CAUSE_VOLTAGE;
    }
    if (cause != DRV_CAUSE_NONE)
        motor->switched_off = 1;
    return cause;
}

int drv_check(struct drv_engine *engine, int64_t now, int *place, double *detail)
{
    int cause = DRV_CAUSE_NONE;
    for (int i = 0; i < engine->setup.buses && cause == DRV_CAUSE_NONE; i++)
        if (engine->buses[i].state.lost) {
            cause = DRV_CAUSE_BUS_LOST;
            *place = i;
        }
    for (int i = 0; i < engine->setup.motors; i++) {
        double value = 0.0;
        int found = check_motor(engine, &engine->motors[i], now, &value);
        if (found != DRV_CAUSE_NONE && cause == DRV_CAUSE_NONE) {
            cause = found;
            *place = i;
            *detail = value;
        }
    }
    for (int i = 0; i < engine->setup.joints && cause == DRV_CAUSE_NONE; i++) {
        const struct drv_joint *joint = &engine->joints[i];
        if (joint->position < joint->setup.hard_lower || joint->position > joint->setup.hard_upper) {
            cause = DRV_CAUSE_JOINT_RANGE;
            *place = i;
            *detail = joint->position;
        }
    }
    return cause;
}

int drv_engine_start(struct drv_engine *engine, int64_t now)
{
    pthread_mutex_lock(&engine->lock);
    int code = DRV_OK;
    if (engine->setup.read_only || engine->status.state != DRV_STATE_OFF) {
        code = DRV_ENGINE_REFUSED;
    } else {
        engine->status.state = DRV_STATE_ENABLING;
        engine->status.cause = DRV_CAUSE_NONE;
        engine->status.latched = 0;
        engine->status.place = 0;
        engine->status.detail = 0.0;
        engine->enable_since = now;
        engine->has_command = engine->commanded = engine->posture_known = 0;
        engine->stop_frames = 0;
        for (int i = 0; i < engine->setup.motors; i++) {
            struct drv_motor *motor = &engine->motors[i];
            motor->state.stamp = 0;
            motor->state.report = 0;
            motor->sent_at = 0;
            motor->awaiting = motor->jumps = motor->switched_off = 0;
        }
        for (int i = 0; i < engine->setup.joints; i++)
            engine->joints[i].target_effort = engine->joints[i].target_kp = engine->joints[i].target_kd = 0.0;
    }
    pthread_mutex_unlock(&engine->lock);
    return code;
}

int drv_engine_stop(struct drv_engine *engine, int64_t now, int category)
{
    pthread_mutex_lock(&engine->lock);
    int code = DRV_OK;
    int moving = engine->status.state != DRV_STATE_OFF && engine->status.state != DRV_STATE_ENABLING;
    if (category == 0 || !moving) {
        drv_enter_off(engine);
    } else if (category == 1 || category == 2) {
        drv_latch(engine, now, DRV_CAUSE_REQUEST, category, 0.0);
        if (category == 1 && engine->status.state == DRV_STATE_HOLD) {
            engine->status.place = 1;
            engine->latched_since = now - (int64_t)(engine->setup.sit_after * DRV_NANOSECONDS);
        }
    } else {
        code = DRV_ENGINE_BAD_SETUP;
    }
    pthread_mutex_unlock(&engine->lock);
    return code;
}

int drv_engine_reset(struct drv_engine *engine, int64_t now)
{
    int place = 0;
    double detail = 0.0;
    pthread_mutex_lock(&engine->lock);
    int code = DRV_ENGINE_REFUSED;
    if (engine->status.state == DRV_STATE_HOLD && engine->status.latched &&
        drv_check(engine, now, &place, &detail) == DRV_CAUSE_NONE) {
        int all_on = 1;
        for (int i = 0; i < engine->setup.motors; i++)
            all_on &= !engine->motors[i].switched_off;
        if (all_on) {
            engine->status.latched = 0;
            engine->status.cause = DRV_CAUSE_NONE;
            engine->has_command = 0;
            code = DRV_OK;
        }
    }
    pthread_mutex_unlock(&engine->lock);
    return code;
}

int64_t drv_engine_joints(struct drv_engine *engine, double *position, double *velocity, double *effort)
{
    pthread_mutex_lock(&engine->lock);
    for (int i = 0; i < engine->setup.joints; i++) {
        position[i] = engine->joints[i].position;
        velocity[i] = engine->joints[i].velocity;
        effort[i] = engine->joints[i].effort;
    }
    int64_t stamp = engine->joints_at;
    pthread_mutex_unlock(&engine->lock);
    return stamp;
}

void drv_engine_status(struct drv_engine *engine, struct drv_status *status)
{
    pthread_mutex_lock(&engine->lock);
    *status = engine->status;
    pthread_mutex_unlock(&engine->lock);
}

void drv_engine_motors(struct drv_engine *engine, struct drv_motor_state *motors)
{
    pthread_mutex_lock(&engine->lock);
    for (int i = 0; i < engine->setup.motors; i++)
        motors[i] = engine->motors[i].state;
    pthread_mutex_unlock(&engine->lock);
}

void drv_engine_buses(struct drv_engine *engine, struct drv_bus_state *buses)
{
    pthread_mutex_lock(&engine->lock);
    for (int i = 0; i < engine->setup.buses; i++)
        buses[i] = engine->buses[i].state;
    pthread_mutex_unlock(&engine->lock);
}
