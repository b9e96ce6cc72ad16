/* SPDX-License-Identifier: Apache-2.0 */
/* Frames in: what motors say becomes their state. */
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "engine_internal.h"

#define VOLTAGE_INDEX 0x701C
#define JUMP_ALLOWANCE 0.2     /* [rad] beyond what the motor can turn */
#define POLL_MILLISECONDS 50

static double share(double value, double none_at, double full_at)
{
    double s = (value - none_at) / (full_at - none_at);
    return s < 0.0 ? 0.0 : s > 1.0 ? 1.0 : s;
}

static void update_derating(struct drv_motor *motor)
{
    double s = share(motor->state.temperature, motor->setup.stop_at, motor->setup.derate_from);
    if (motor->state.voltage > 0.0)
        s = fmin(s, share(motor->state.voltage, motor->setup.volt_minimum, motor->setup.volt_derate));
    motor->state.derating = s;
}

/* A position that the motor cannot have turned to since the last one is an encoder's or a wire's mistake. */
static int plausible(const struct drv_motor *motor, double position, int64_t stamp)
{
    if (motor->state.stamp == 0)
        return 1;
    double turned = 2.0 * motor->setup.ranges.velocity * fmax(drv_seconds(motor->state.stamp, stamp), 0.0);
    return fabs(position - motor->state.position) <= turned + JUMP_ALLOWANCE;
}

static void take_feedback(struct drv_engine *engine, struct drv_bus *bus, const struct drv_frame *frame, int64_t now)
{
    struct drv_envelope envelope;
    struct drv_feedback feedback;
    drv_decode_envelope(frame, &envelope);
    int index = engine->motor_of[bus - engine->buses][envelope.data2 & 0xFF] - 1;
    if (index < 0 || (envelope.destination != engine->setup.host && !engine->setup.read_only)) {
        bus->state.foreign++;
        return;
    }
    struct drv_motor *motor = &engine->motors[index];
    if (drv_decode_feedback(&motor->setup.ranges, frame, &feedback) != DRV_OK)
        return;
    int64_t stamp = engine->setup.lock_step && motor->sent_at ? motor->sent_at : now;
    if (!plausible(motor, feedback.position, stamp)) {
        motor->jumps++;
        motor->awaiting = 0;
        return;
    }
    motor->jumps = 0;
    motor->state.position = feedback.position;
    motor->state.velocity = feedback.velocity;
    motor->state.torque = feedback.torque;
    motor->state.temperature = feedback.temperature;
    motor->state.faults = feedback.faults;
    motor->state.mode = feedback.mode;
    motor->state.stamp = stamp;
    motor->state.received++;
    update_derating(motor);
    if (motor->awaiting) {
        int64_t bin = (now - motor->sent_at) / DRV_LATENCY_BIN;
        bus->state.latency[bin < 0 ? 0 : bin >= DRV_HISTOGRAM_BINS ? DRV_HISTOGRAM_BINS - 1 : bin]++;
        motor->awaiting = 0;
    }
}

static struct drv_motor *known_motor(struct drv_engine *engine, struct drv_bus *bus, int id)
{
    int index = engine->motor_of[bus - engine->buses][id & 0xFF] - 1;
    return index < 0 ? NULL : &engine->motors[index];
}

static void take_parameter(struct drv_engine *engine, struct drv_bus *bus, const struct drv_frame *frame, int id)
{
    struct drv_motor *motor = known_motor(engine, bus, id);
    int32_t index;
    uint32_t raw;
    float value;
    if (motor == NULL || drv_decode_parameter(frame, &index, &raw) != DRV_OK || index != VOLTAGE_INDEX) {
        bus->state.foreign++;
        return;
    }
    memcpy(&value, &raw, sizeof value);
    if (isfinite(value) && value > 0.0f) {
        motor->state.voltage = value;
        update_derating(motor);
    }
}

/* RobStride addresses the report to the host and names itself in data 2, CyberGear does it the other way round. */
static void take_fault(struct drv_engine *engine, struct drv_bus *bus, const struct drv_frame *frame,
                       const struct drv_envelope *envelope)
{
    uint32_t fault, warning;
    int other = envelope->data2 & 0xFF;
    int id = envelope->destination == engine->setup.host ? other : envelope->destination;
    struct drv_motor *motor = known_motor(engine, bus, id);
    if (motor == NULL || drv_decode_fault(frame, &fault, &warning) != DRV_OK) {
        bus->state.foreign++;
        return;
    }
    motor->state.report = fault;
}

static void take(struct drv_engine *engine, struct drv_bus *bus, const struct drv_frame *frame, int64_t now)
{
    struct drv_envelope envelope;
    if (frame->id & DRV_FLAG_ERROR) {
        bus->state.error_frames++;
        return;
    }
    bus->state.received++;
    if (drv_decode_envelope(frame, &envelope) != DRV_OK) {
        bus->state.refused++;
        return;
    }
    switch (envelope.type) {
    case DRV_FEEDBACK:
        take_feedback(engine, bus, frame, now);
        break;
    case DRV_READ_PARAMETER:
        if (envelope.destination == engine->setup.host)
            take_parameter(engine, bus, frame, envelope.data2);
        break;
    case DRV_FAULT:
        take_fault(engine, bus, frame, &envelope);
        break;
    default: /* frames of other hosts, and our own on a bus that echoes */
        bus->state.foreign++;
    }
}

/* What one call of the kernel gives. Returns the number of frames or DRV_PORT_LOST. */
static int receive_batch(struct drv_engine *engine, struct drv_bus *bus, int64_t now, int locked)
{
    struct drv_frame frames[DRV_PORT_BATCH];
    uint64_t garbled = 0;
    int count = drv_port_receive(bus->receive, bus->connected, frames, &garbled);
    if (count == 0 && garbled == 0)
        return 0;
    if (!locked)
        pthread_mutex_lock(&engine->lock);
    bus->state.garbled += garbled;
    if (count == DRV_PORT_LOST)
        bus->state.lost = 1;
    for (int i = 0; i < count; i++)
        take(engine, bus, &frames[i], now);
    if (!locked)
        pthread_mutex_unlock(&engine->lock);
    return count;
}

void drv_bus_drain(struct drv_engine *engine, int index, int64_t now)
{
    struct drv_bus *bus = &engine->buses[index];
    while (bus->receive >= 0 && !bus->state.lost && receive_batch(engine, bus, now, 1) == DRV_PORT_BATCH)
        ;
}

static void *receive_forever(void *argument)
{
    struct drv_bus *bus = argument;
    while (__atomic_load_n(&bus->thread_runs, __ATOMIC_ACQUIRE)) {
        struct pollfd waiting = {bus->receive, POLLIN, 0};
        if (poll(&waiting, 1, POLL_MILLISECONDS) <= 0)
            continue;
        struct timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        if (receive_batch(bus->engine, bus, time.tv_sec * 1000000000LL + time.tv_nsec, 0) == DRV_PORT_LOST)
            break;
    }
    return NULL;
}

int drv_bus_start_thread(struct drv_engine *engine, int index)
{
    struct drv_bus *bus = &engine->buses[index];
    bus->engine = engine;
    __atomic_store_n(&bus->thread_runs, 1, __ATOMIC_RELEASE);
    if (pthread_create(&bus->thread, NULL, receive_forever, bus) != 0) {
        bus->thread_runs = 0;
        return DRV_ENGINE_NO_THREAD;
    }
    if (engine->setup.priority > 0) {
        struct sched_param parameters = {.sched_priority = engine->setup.priority};
        pthread_setschedparam(bus->thread, SCHED_FIFO, &parameters); /* refused: then it runs as all threads do */
    }
    return DRV_OK;
}

void drv_bus_stop_thread(struct drv_engine *engine, int index)
{
    struct drv_bus *bus = &engine->buses[index];
    if (!bus->thread_runs)
        return;
    __atomic_store_n(&bus->thread_runs, 0, __ATOMIC_RELEASE);
    pthread_join(bus->thread, NULL);
}
