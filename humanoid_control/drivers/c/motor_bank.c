/* SPDX-License-Identifier: Apache-2.0 */
#include "motor_bank.h"

#define MODE_RUN 2

int drv_bank_loses(struct drv_bank *bank)
{
    if (bank->loss <= 0.0)
        return 0;
    /* xorshift64 (Marsaglia 2003) */
    bank->random ^= bank->random << 13;
    bank->random ^= bank->random >> 7;
    bank->random ^= bank->random << 17;
    int lost = (double)(bank->random >> 11) * 0x1p-53 < bank->loss;
    bank->lost += (uint64_t)lost;
    return lost;
}

int drv_bank_feedback(const struct drv_bank_motor *motor, struct drv_frame *frame)
{
    int32_t id = motor->answers_as ? motor->answers_as : motor->id;
    struct drv_feedback feedback = {id,              motor->host,     motor->faults, motor->mode,
                                    motor->position, motor->velocity, motor->torque, motor->temperature};
    return drv_encode_feedback(&motor->ranges, &feedback, frame);
}

static struct drv_bank_motor *find(struct drv_bank_motor *motors, int count, int id)
{
    for (int i = 0; i < count; i++)
        if (motors[i].id == id)
            return &motors[i];
    return 0;
}

int drv_bank_serve(struct drv_bank *bank, struct drv_bank_motor *motors, int count, int descriptor,
                   struct drv_frame *replies, int32_t *reply_count, struct drv_frame *others, int32_t *other_count)
{
    struct drv_frame frames[DRV_PORT_BATCH];
    struct drv_envelope envelope;
    uint64_t garbled = 0;
    *reply_count = *other_count = 0;
    int received = drv_port_receive(descriptor, 1, frames, &garbled);
    if (received < 0)
        return received;
    for (int i = 0; i < received; i++) {
        if (drv_bank_loses(bank) || drv_decode_envelope(&frames[i], &envelope) != DRV_OK)
            continue;
        bank->received++;
        struct drv_bank_motor *motor = find(motors, count, envelope.destination);
        if (envelope.type != DRV_CONTROL) {
            others[(*other_count)++] = frames[i];
            continue;
        }
        if (motor == 0 || motor->silent)
            continue;
        motor->heard = 1;
        if (motor->mode == MODE_RUN)
            drv_decode_control(&motor->ranges, &frames[i], &motor->command);
        if (!drv_bank_loses(bank) && drv_bank_feedback(motor, &replies[*reply_count]) >= 0)
            ++*reply_count;
    }
    return DRV_OK;
}
