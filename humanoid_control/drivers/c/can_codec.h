/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of RobStride and Xiaomi CyberGear actuators: CAN 2.0B, 29-bit identifiers.
 *
 * Identifier: message type in bits 28..24, "data 2" in bits 23..8, destination in bits 7..0. Numbers of control and
 * feedback are big-endian u16 over a range of the model, parameters are little-endian.
 * Sources: CyberGear manual, RobStride manuals (2026-04). Ranges belong to the configuration, not to this file.
 *
 * Encoders write `frame` whole. They return a mask (>= 0) of the fields that were out of range and saturated
 * (DRV_FIELD_...), or a negative code, and then leave `frame` as it was. Nothing here allocates or keeps state.
 */
#ifndef HUMANOID_DRIVERS_CAN_CODEC_H
#define HUMANOID_DRIVERS_CAN_CODEC_H

#include <stdint.h>

/* Layout of Linux' struct can_frame, which also travels over simulated and multicast buses. */
struct drv_frame {
    uint32_t id; /* 29-bit identifier and DRV_FLAG_... */
    uint8_t length;
    uint8_t reserved[3];
    uint8_t data[8];
};

#define DRV_FLAG_EXTENDED 0x80000000u
#define DRV_FLAG_REMOTE 0x40000000u
#define DRV_FLAG_ERROR 0x20000000u
#define DRV_ID_MASK 0x1FFFFFFFu

enum drv_type {
    DRV_GET_ID = 0,
    DRV_CONTROL = 1,
    DRV_FEEDBACK = 2,
    DRV_ENABLE = 3,
    DRV_STOP = 4,
    DRV_SET_ZERO = 6,
    DRV_SET_ID = 7,
    DRV_READ_PARAMETER = 17,
    DRV_WRITE_PARAMETER = 18,
    DRV_FAULT = 21,
    DRV_ACTIVE_REPORT = 24,
};

enum drv_code {
    DRV_OK = 0,
    DRV_NOT_FINITE = -1,    /* a value is NaN or infinite */
    DRV_BAD_ADDRESS = -2,   /* a motor or host number does not fit one byte, or a fault or mode its bits */
    DRV_BAD_RANGE = -3,     /* a range of the model is not a positive number */
    DRV_NOT_EXTENDED = -4,  /* standard, remote or error frame, or identifier beyond 29 bits */
    DRV_BAD_LENGTH = -5,    /* not eight bytes */
    DRV_UNKNOWN_TYPE = -6,  /* no message of this protocol */
    DRV_WRONG_TYPE = -7,    /* a message of this protocol, but another one than asked for */
};

enum drv_field {
    DRV_FIELD_POSITION = 1,
    DRV_FIELD_VELOCITY = 2,
    DRV_FIELD_TORQUE = 4,
    DRV_FIELD_KP = 8,
    DRV_FIELD_KD = 16,
    DRV_FIELD_TEMPERATURE = 32,
};

#define DRV_BROADCAST 0xFE /* destination of replies to DRV_GET_ID */

/* Position, velocity and torque run from -range to range, gains from 0 to range [rad, rad/s, Nm, Nm/rad, Nm s/rad]. */
struct drv_ranges {
    double position, velocity, torque, kp, kd;
};

/* Command of one tick: the motor applies torque + kp (position - q) + kd (velocity - qd). */
struct drv_control {
    double position, velocity, torque, kp, kd;
};

/* mode: 0 reset (limp), 1 calibration, 2 run. faults: bits 0..5 under-voltage, over-current, over-temperature,
 * encoder, Hall or stall, uncalibrated. temperature [deg C]. */
struct drv_feedback {
    int32_t motor, host, faults, mode;
    double position, velocity, torque, temperature;
};

/* Envelope of any frame. */
struct drv_envelope {
    int32_t type, data2, destination;
};

/* Host to motor. */
int drv_encode_get_id(int host, int motor, struct drv_frame *frame);
int drv_encode_control(const struct drv_ranges *ranges, int motor, const struct drv_control *control,
                       struct drv_frame *frame);
int drv_encode_enable(int host, int motor, struct drv_frame *frame);
int drv_encode_stop(int host, int motor, int clear_fault, struct drv_frame *frame);
int drv_encode_set_zero(int host, int motor, struct drv_frame *frame);
int drv_encode_set_id(int host, int motor, int new_motor, struct drv_frame *frame);
int drv_encode_read_parameter(int host, int motor, int index, struct drv_frame *frame);
int drv_encode_write_parameter(int host, int motor, int index, uint32_t value, struct drv_frame *frame);
int drv_encode_active_report(int host, int motor, int on, struct drv_frame *frame);

/* Motor to host. */
int drv_encode_identity(int motor, uint64_t uid, struct drv_frame *frame);
int drv_encode_feedback(const struct drv_ranges *ranges, const struct drv_feedback *feedback, struct drv_frame *frame);
int drv_encode_parameter(int host, int motor, int index, uint32_t value, struct drv_frame *frame);
int drv_encode_fault(int host, int motor, uint32_t fault, uint32_t warning, struct drv_frame *frame);

/* Decoders check the frame first; on a negative code the outputs are untouched. */
int drv_decode_envelope(const struct drv_frame *frame, struct drv_envelope *envelope);
int drv_decode_control(const struct drv_ranges *ranges, const struct drv_frame *frame, struct drv_control *control);
int drv_decode_feedback(const struct drv_ranges *ranges, const struct drv_frame *frame, struct drv_feedback *feedback);
int drv_decode_identity(const struct drv_frame *frame, int32_t *motor, uint64_t *uid);
int drv_decode_parameter(const struct drv_frame *frame, int32_t *index, uint32_t *value);
int drv_decode_fault(const struct drv_frame *frame, uint32_t *fault, uint32_t *warning);

#endif
