/* SPDX-License-Identifier: Apache-2.0 */
#include "can_codec.h"

#include <math.h>
#include <string.h>

#define FULL_SCALE 65535.0
#define TEMPERATURE_SCALE 10.0

static int fits_byte(int value)
{
    return value >= 0 && value <= 0xFF;
}

static void begin(struct drv_frame *frame, int type, int data2, int destination)
{
    memset(frame, 0, sizeof *frame);
    frame->id = DRV_FLAG_EXTENDED | (uint32_t)type << 24 | (uint32_t)data2 << 8 | (uint32_t)destination;
    frame->length = 8;
}

static void put_u16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint16_t get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void put_u32_little(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get_u32_little(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Nearest step of [low, high]; adds `field` to `mask` when the value lies outside. */
static uint16_t quantise(double value, double low, double high, int field, int *mask)
{
    if (value < low || value > high) {
        *mask |= field;
        return value < low ? 0 : 0xFFFF;
    }
    return (uint16_t)((value - low) / (high - low) * FULL_SCALE + 0.5);
}

static double restore(uint16_t step, double low, double high)
{
    if (step == 0xFFFF) /* rounding must not leave the range */
        return high;
    return low + step * (high - low) / FULL_SCALE;
}

static int ranges_valid(const struct drv_ranges *ranges)
{
    const double values[] = {ranges->position, ranges->velocity, ranges->torque, ranges->kp, ranges->kd};
    for (int i = 0; i < 5; i++)
        if (!(values[i] > 0.0) || !isfinite(values[i]))
            return 0;
    return 1;
}

/* Frame from the host without data beyond a first byte. */
static int encode_plain(int type, int host, int motor, uint8_t first, struct drv_frame *frame)
{
    if (!fits_byte(host) || !fits_byte(motor))
        return DRV_BAD_ADDRESS;
    begin(frame, type, host, motor);
    frame->data[0] = first;
    return DRV_OK;
}

int drv_encode_get_id(int host, int motor, struct drv_frame *frame)
{
    return encode_plain(DRV_GET_ID, host, motor, 0, frame);
}

int drv_encode_control(const struct drv_ranges *ranges, int motor, const struct drv_control *control,
                       struct drv_frame *frame)
{
    if (!fits_byte(motor))
        return DRV_BAD_ADDRESS;
    if (!ranges_valid(ranges))
        return DRV_BAD_RANGE;
    if (!isfinite(control->position) || !isfinite(control->velocity) || !isfinite(control->torque) ||
        !isfinite(control->kp) || !isfinite(control->kd))
        return DRV_NOT_FINITE;
    int mask = 0;
    uint16_t torque = quantise(control->torque, -ranges->torque, ranges->torque, DRV_FIELD_TORQUE, &mask);
    begin(frame, DRV_CONTROL, torque, motor);
    put_u16(frame->data, quantise(control->position, -ranges->position, ranges->position, DRV_FIELD_POSITION, &mask));
    put_u16(frame->data + 2,
            quantise(control->velocity, -ranges->velocity, ranges->velocity, DRV_FIELD_VELOCITY, &mask));
    put_u16(frame->data + 4, quantise(control->kp, 0.0, ranges->kp, DRV_FIELD_KP, &mask));
    put_u16(frame->data + 6, quantise(control->kd, 0.0, ranges->kd, DRV_FIELD_KD, &mask));
    return mask;
}

int drv_encode_enable(int host, int motor, struct drv_frame *frame)
{
    return encode_plain(DRV_ENABLE, host, motor, 0, frame);
}

int drv_encode_stop(int host, int motor, int clear_fault, struct drv_frame *frame)
{
    return encode_plain(DRV_STOP, host, motor, clear_fault ? 1 : 0, frame);
}

int drv_encode_set_zero(int host, int motor, struct drv_frame *frame)
{
    return encode_plain(DRV_SET_ZERO, host, motor, 1, frame);
}

int drv_encode_set_id(int host, int motor, int new_motor, struct drv_frame *frame)
{
    if (!fits_byte(host) || !fits_byte(motor) || !fits_byte(new_motor))
        return DRV_BAD_ADDRESS;
    begin(frame, DRV_SET_ID, new_motor << 8 | host, motor);
    return DRV_OK;
}

static int encode_parameter(int type, int data2, int destination, int index, uint32_t value, struct drv_frame *frame)
{
    if (!fits_byte(data2) || !fits_byte(destination) || index < 0 || index > 0xFFFF)
        return DRV_BAD_ADDRESS;
    begin(frame, type, data2, destination);
    frame->data[0] = (uint8_t)index;
    frame->data[1] = (uint8_t)(index >> 8);
    put_u32_little(frame->data + 4, value);
    return DRV_OK;
}

int drv_encode_read_parameter(int host, int motor, int index, struct drv_frame *frame)
{
    return encode_parameter(DRV_READ_PARAMETER, host, motor, index, 0, frame);
}

int drv_encode_write_parameter(int host, int motor, int index, uint32_t value, struct drv_frame *frame)
{
    return encode_parameter(DRV_WRITE_PARAMETER, host, motor, index, value, frame);
}

int drv_encode_active_report(int host, int motor, int on, struct drv_frame *frame)
{
    if (!fits_byte(host) || !fits_byte(motor))
        return DRV_BAD_ADDRESS;
    begin(frame, DRV_ACTIVE_REPORT, host, motor);
    for (uint8_t i = 0; i < 6; i++)
        frame->data[i] = (uint8_t)(i + 1);
    frame->data[6] = on ? 1 : 0;
    return DRV_OK;
}

int drv_encode_identity(int motor, uint64_t uid, struct drv_frame *frame)
{
    if (!fits_byte(motor))
        return DRV_BAD_ADDRESS;
    begin(frame, DRV_GET_ID, motor, DRV_BROADCAST);
    put_u32_little(frame->data, (uint32_t)uid);
    put_u32_little(frame->data + 4, (uint32_t)(uid >> 32));
    return DRV_OK;
}

int drv_encode_feedback(const struct drv_ranges *ranges, const struct drv_feedback *feedback, struct drv_frame *frame)
{
    if (!fits_byte(feedback->motor) || !fits_byte(feedback->host) || feedback->faults < 0 || feedback->faults > 63 ||
        feedback->mode < 0 || feedback->mode > 3)
        return DRV_BAD_ADDRESS;
    if (!ranges_valid(ranges))
        return DRV_BAD_RANGE;
    if (!isfinite(feedback->position) || !isfinite(feedback->velocity) || !isfinite(feedback->torque) ||
        !isfinite(feedback->temperature))
        return DRV_NOT_FINITE;
    int mask = 0;
    double tenths = round(feedback->temperature * TEMPERATURE_SCALE);
    if (tenths < INT16_MIN || tenths > INT16_MAX) {
        mask |= DRV_FIELD_TEMPERATURE;
        tenths = tenths < 0 ? INT16_MIN : INT16_MAX;
    }
    begin(frame, DRV_FEEDBACK, feedback->mode << 14 | feedback->faults << 8 | feedback->motor, feedback->host);
    put_u16(frame->data, quantise(feedback->position, -ranges->position, ranges->position, DRV_FIELD_POSITION, &mask));
    put_u16(frame->data + 2,
            quantise(feedback->velocity, -ranges->velocity, ranges->velocity, DRV_FIELD_VELOCITY, &mask));
    put_u16(frame->data + 4, quantise(feedback->torque, -ranges->torque, ranges->torque, DRV_FIELD_TORQUE, &mask));
    put_u16(frame->data + 6, (uint16_t)(int16_t)tenths);
    return mask;
}

int drv_encode_parameter(int host, int motor, int index, uint32_t value, struct drv_frame *frame)
{
    return encode_parameter(DRV_READ_PARAMETER, motor, host, index, value, frame);
}

int drv_encode_fault(int host, int motor, uint32_t fault, uint32_t warning, struct drv_frame *frame)
{
    if (!fits_byte(host) || !fits_byte(motor))
        return DRV_BAD_ADDRESS;
    begin(frame, DRV_FAULT, motor, host);
    put_u32_little(frame->data, fault);
    put_u32_little(frame->data + 4, warning);
    return DRV_OK;
}

static int known_type(uint32_t type)
{
    switch (type) {
    case DRV_GET_ID:
    case DRV_CONTROL:
    case DRV_FEEDBACK:
    case DRV_ENABLE:
    case DRV_STOP:
    case DRV_SET_ZERO:
    case DRV_SET_ID:
    case DRV_READ_PARAMETER:
    case DRV_WRITE_PARAMETER:
    case DRV_FAULT:
    case DRV_ACTIVE_REPORT:
        return 1;
    default:
        return 0;
    }
}

int drv_decode_envelope(const struct drv_frame *frame, struct drv_envelope *envelope)
{
    if ((frame->id & ~DRV_ID_MASK) != DRV_FLAG_EXTENDED)
        return DRV_NOT_EXTENDED;
    if (frame->length != 8)
        return DRV_BAD_LENGTH;
    uint32_t type = frame->id >> 24 & 0x1F;
    if (!known_type(type))
        return DRV_UNKNOWN_TYPE;
    envelope->type = (int32_t)type;
    envelope->data2 = (int32_t)(frame->id >> 8 & 0xFFFF);
    envelope->destination = (int32_t)(frame->id & 0xFF);
    return DRV_OK;
}

static int expect(const struct drv_frame *frame, int type, struct drv_envelope *envelope)
{
    int code = drv_decode_envelope(frame, envelope);
    if (code != DRV_OK)
        return code;
    return envelope->type == type ? DRV_OK : DRV_WRONG_TYPE;
}

int drv_decode_control(const struct drv_ranges *ranges, const struct drv_frame *frame, struct drv_control *control)
{
    struct drv_envelope envelope;
    int code = expect(frame, DRV_CONTROL, &envelope);
    if (code != DRV_OK)
        return code;
    if (!ranges_valid(ranges))
        return DRV_BAD_RANGE;
    control->torque = restore((uint16_t)envelope.data2, -ranges->torque, ranges->torque);
    control->position = restore(get_u16(frame->data), -ranges->position, ranges->position);
    control->velocity = restore(get_u16(frame->data + 2), -ranges->velocity, ranges->velocity);
    control->kp = restore(get_u16(frame->data + 4), 0.0, ranges->kp);
    control->kd = restore(get_u16(frame->data + 6), 0.0, ranges->kd);
    return DRV_OK;
}

int drv_decode_feedback(const struct drv_ranges *ranges, const struct drv_frame *frame, struct drv_feedback *feedback)
{
    struct drv_envelope envelope;
    int code = expect(frame, DRV_FEEDBACK, &envelope);
    if (code != DRV_OK)
        return code;
    if (!ranges_valid(ranges))
        return DRV_BAD_RANGE;
    feedback->motor = envelope.data2 & 0xFF;
    feedback->faults = envelope.data2 >> 8 & 0x3F;
    feedback->mode = envelope.data2 >> 14 & 0x3;
    feedback->host = envelope.destination;
    feedback->position = restore(get_u16(frame->data), -ranges->position, ranges->position);
    feedback->velocity = restore(get_u16(frame->data + 2), -ranges->velocity, ranges->velocity);
    feedback->torque = restore(get_u16(frame->data + 4), -ranges->torque, ranges->torque);
    /* signed: a cold motor reports a few degrees below zero */
    feedback->temperature = (int16_t)get_u16(frame->data + 6) / TEMPERATURE_SCALE;
    return DRV_OK;
}

int drv_decode_identity(const struct drv_frame *frame, int32_t *motor, uint64_t *uid)
{
    struct drv_envelope envelope;
    int code = expect(frame, DRV_GET_ID, &envelope);
    if (code != DRV_OK)
        return code;
    if (envelope.destination != DRV_BROADCAST)
        return DRV_WRONG_TYPE;
    if (envelope.data2 > 0xFF)
        return DRV_BAD_ADDRESS;
    *motor = envelope.data2;
    *uid = (uint64_t)get_u32_little(frame->data + 4) << 32 | get_u32_little(frame->data);
    return DRV_OK;
}

int drv_decode_parameter(const struct drv_frame *frame, int32_t *index, uint32_t *value)
{
    struct drv_envelope envelope;
    int code = drv_decode_envelope(frame, &envelope);
    if (code != DRV_OK)
        return code;
    if (envelope.type != DRV_READ_PARAMETER && envelope.type != DRV_WRITE_PARAMETER)
        return DRV_WRONG_TYPE;
    *index = frame->data[0] | frame->data[1] << 8;
    *value = get_u32_little(frame->data + 4);
    return DRV_OK;
}

int drv_decode_fault(const struct drv_frame *frame, uint32_t *fault, uint32_t *warning)
{
    struct drv_envelope envelope;
    int code = expect(frame, DRV_FAULT, &envelope);
    if (code != DRV_OK)
        return code;
    *fault = get_u32_little(frame->data);
    *warning = get_u32_little(frame->data + 4);
    return DRV_OK;
}
