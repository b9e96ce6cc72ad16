/* SPDX-License-Identifier: Apache-2.0 */
/* Motors to joints and back: gears, linkages, limits of torque. */
#include <math.h>

#include "engine_internal.h"

#define EXTRAPOLATED_PERIODS 3.0

static double clip(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Position of a motor now, from feedback that is some time old. */
static double position_now(const struct drv_engine *engine, const struct drv_motor *motor, int64_t now)
{
    double age = (double)(now - motor->state.stamp) / DRV_NANOSECONDS;
    return motor->state.position + motor->state.velocity * clip(age, 0.0, EXTRAPOLATED_PERIODS * engine->setup.period);
}

static void pair_to_joints(struct drv_engine *engine, struct drv_pair *pair, int64_t now)
{
    double angles[2], rates[2], torques[2], posture[2] = {pair->posture[0], pair->posture[1]};
    for (int i = 0; i < 2; i++) {
        const struct drv_motor *motor = &engine->motors[pair->setup.motors[i]];
        double ratio = pair->setup.ratio[i];
        angles[i] = (position_now(engine, motor, now) - pair->setup.offset[i]) / ratio + pair->zero[i];
        rates[i] = motor->state.velocity / ratio;
        torques[i] = motor->state.torque * ratio;
    }
    if (drv_ankle_forward(pair->setup.rods, angles, posture, pair->jacobian) != DRV_ANKLE_OK) {
        drv_latch(engine, now, DRV_CAUSE_LINKAGE, pair->setup.joints[0], 0.0);
        return;
    }
    const double *j = pair->jacobian;
    double determinant = j[0] * j[3] - j[1] * j[2];
    double velocity[2] = {(j[3] * rates[0] - j[1] * rates[1]) / determinant,
                          (j[0] * rates[1] - j[2] * rates[0]) / determinant};
    for (int i = 0; i < 2; i++) {
        struct drv_joint *joint = &engine->joints[pair->setup.joints[i]];
        joint->position = pair->posture[i] = posture[i];
        joint->velocity = velocity[i];
        joint->effort = j[i] * torques[0] + j[2 + i] * torques[1];
    }
}

void drv_motors_to_joints(struct drv_engine *engine, int64_t now)
{
    int all_heard = 1;
    for (int i = 0; i < engine->setup.motors; i++)
        all_heard &= engine->motors[i].state.stamp != 0;
    for (int i = 0; i < engine->setup.singles; i++) {
        const struct drv_single_setup *single = &engine->singles[i];
        const struct drv_motor *motor = &engine->motors[single->motor];
        struct drv_joint *joint = &engine->joints[single->joint];
        if (motor->state.stamp == 0)
            continue;
        joint->position = (position_now(engine, motor, now) - single->offset) / single->ratio;
        joint->velocity = motor->state.velocity / single->ratio;
        joint->effort = motor->state.torque * single->ratio;
    }
    for (int i = 0; i < engine->setup.pairs; i++) {
        struct drv_pair *pair = &engine->pairs[i];
        if (engine->motors[pair->setup.motors[0]].state.stamp && engine->motors[pair->setup.motors[1]].state.stamp)
            pair_to_joints(engine, pair, now);
    }
    engine->joints_at = all_heard ? now : 0;
}

/* Keeps the torque that the motor will come to within its derated limit. */
static void limit_motor(struct drv_engine *engine, struct drv_motor *motor)
{
    double *c = motor->command;
    double limit = motor->setup.torque_limit * motor->state.derating;
    double bound = c[3] * (c[0] - motor->state.position) + c[4] * (c[1] - motor->state.velocity);
    double total = c[2] + bound;
    if (fabs(total) > limit) {
        c[2] = clip(total, -limit, limit) - bound;
        engine->status.saturated++;
    }
}

static void set_motor(struct drv_engine *engine, int index, double position, double velocity, double torque, double kp,
                      double kd)
{
    struct drv_motor *motor = &engine->motors[index];
    motor->command[0] = position;
    motor->command[1] = velocity;
    motor->command[2] = torque;
    motor->command[3] = kp;
    motor->command[4] = kd;
    limit_motor(engine, motor);
}

/* Each motor of a linkage has its own gains. They give the two joints the right sum of stiffness (and damping) along
 * the linkage: kp = (kp_pitch + kp_roll) / |J|^2. */
static void joints_to_pair(struct drv_engine *engine, struct drv_pair *pair)
{
    const struct drv_joint *joints[2] = {&engine->joints[pair->setup.joints[0]],
                                         &engine->joints[pair->setup.joints[1]]};
    double target[2] = {joints[0]->target_position, joints[1]->target_position}, angles[2], unused[4];
    const double *j = pair->jacobian;
    double determinant = j[0] * j[3] - j[1] * j[2];
    double square = j[0] * j[0] + j[1] * j[1] + j[2] * j[2] + j[3] * j[3];
    double effort[2] = {joints[0]->target_effort, joints[1]->target_effort};
    double torque[2] = {(j[3] * effort[0] - j[2] * effort[1]) / determinant,
                        (j[0] * effort[1] - j[1] * effort[0]) / determinant};
    double kp = (joints[0]->target_kp + joints[1]->target_kp) / square;
    double kd = (joints[0]->target_kd + joints[1]->target_kd) / square;
    if (drv_ankle_inverse(pair->setup.rods, target, angles, unused) != DRV_ANKLE_OK) {
        /* a posture that the linkage has not got: stay where it is */
        drv_ankle_inverse(pair->setup.rods, pair->posture, angles, unused);
    }
    for (int i = 0; i < 2; i++) {
        double ratio = pair->setup.ratio[i];
        double rate = j[2 * i] * joints[0]->target_velocity + j[2 * i + 1] * joints[1]->target_velocity;
        double turned = remainder(angles[i] - pair->zero[i], 2.0 * M_PI);
        set_motor(engine, pair->setup.motors[i], ratio * turned + pair->setup.offset[i], ratio * rate,
                  torque[i] / ratio, kp / (ratio * ratio), kd / (ratio * ratio));
    }
}

void drv_joints_to_motors(struct drv_engine *engine)
{
    for (int i = 0; i < engine->setup.singles; i++) {
        const struct drv_single_setup *single = &engine->singles[i];
        const struct drv_joint *joint = &engine->joints[single->joint];
        double ratio = single->ratio;
        set_motor(engine, single->motor, ratio * joint->target_position + single->offset,
                  ratio * joint->target_velocity, joint->target_effort / ratio, joint->target_kp / (ratio * ratio),
                  joint->target_kd / (ratio * ratio));
    }
    for (int i = 0; i < engine->setup.pairs; i++)
        joints_to_pair(engine, &engine->pairs[i]);
}
