/* SPDX-License-Identifier: Apache-2.0 */
#include "estimator.h"

#include "spatial.h"

void estimator_reset(estimator *e)
{
    memset(e, 0, sizeof *e);
}

static void update_contact(estimator_foot *foot, const balance_parameters *p, double force)
{
    foot->standing = foot->standing ? force > p->contact_lift_force : force > p->contact_touch_force;
    double span = p->contact_full_force - p->contact_lift_force;
    foot->weight = foot->standing ? clamp((force - p->contact_lift_force) / fmax(span, 1.0), 0.05, 1.0) : 0.0;
}

/* Attitude from the direction of the specific force, yaw and position such that the soles are about the origin. */
static void initialise(estimator *e, const double force[3])
{
    double length = norm3(force), up[3] = {0.0, 0.0, 1.0}, axis[3], mean[3] = {0, 0, 0};
    if (length > 1e-6)
        for (int i = 0; i < 3; i++)
            up[i] = force[i] / length;
    /* shortest rotation that takes `up` (base axes) to z */
    const double z[3] = {0.0, 0.0, 1.0};
    cross3(up, z, axis);
    double angle = atan2(norm3(axis), up[2]), sine = norm3(axis);
    for (int i = 0; i < 3; i++)
        axis[i] *= sine > 1e-12 ? angle / sine : 0.0;
    quaternion_exponential(axis, e->quaternion);
    quaternion_to_matrix(e->quaternion, e->rotation);

    double facing[9], yaw[ESTIMATOR_FEET];
    for (int k = 0; k < ESTIMATOR_FEET; k++) {
        multiply3(e->rotation, e->foot[k].rotation, facing);
        yaw[k] = yaw_of(facing);
    }
    double heading = yaw[0] + 0.5 * wrap_angle(yaw[1] - yaw[0]);
    const double turn[3] = {0.0, 0.0, -heading};
    double q[4], turned[4];
    quaternion_exponential(turn, q);
    quaternion_multiply(q, e->quaternion, turned);
    memcpy(e->quaternion, turned, sizeof turned);
    quaternion_to_matrix(e->quaternion, e->rotation);
    for (int k = 0; k < ESTIMATOR_FEET; k++) {
        double offset[3];
        rotate3(e->rotation, e->foot[k].position, offset);
        for (int i = 0; i < 3; i++)
            mean[i] += offset[i] / ESTIMATOR_FEET;
    }
    for (int i = 0; i < 3; i++)
        e->position[i] = -mean[i];
    e->initialised = 1;
}

/* What the standing feet say: weighted means over the feet, in world axes. */
typedef struct leg_evidence {
    double weight, velocity[3], position[3], yaw_error;
} leg_evidence;

static void look_at_feet(estimator *e, const double omega[3], const double imu_offset[3], leg_evidence *out)
{
    memset(out, 0, sizeof *out);
    for (int k = 0; k < ESTIMATOR_FEET; k++) {
        estimator_foot *foot = &e->foot[k];
        double offset[3], lever[3], relative[3], velocity[3], facing[9];
        rotate3(e->rotation, foot->position, offset);
        multiply3(e->rotation, foot->rotation, facing);
        if (!foot->standing) {
            foot->anchored = 0;
            continue;
        }
        if (!foot->anchored) {
            for (int i = 0; i < 2; i++)
                foot->anchor[i] = e->position[i] + offset[i];
            foot->anchor[2] = 0.0;
            foot->anchor_yaw = yaw_of(facing);
            foot->anchored = 1;
        }
        /* a still foot: velocity of the IMU = omega x (imu - foot) - R (velocity of the foot relative to the base) */
        rotate3(e->rotation, foot->velocity, relative);
        for (int i = 0; i < 3; i++) {
            lever[i] = imu_offset[i] - offset[i];
            velocity[i] = -relative[i];
        }
        add_cross3(omega, lever, velocity);
        for (int i = 0; i < 3; i++) {
            out->velocity[i] += foot->weight * velocity[i];
            out->position[i] += foot->weight * (foot->anchor[i] - offset[i]);
        }
        out->yaw_error += foot->weight * wrap_angle(foot->anchor_yaw - yaw_of(facing));
        out->weight += foot->weight;
    }
    if (out->weight > 0.0) {
        for (int i = 0; i < 3; i++) {
            out->velocity[i] /= out->weight;
            out->position[i] /= out->weight;
        }
        out->yaw_error /= out->weight;
    }
}

void estimator_update(estimator *e, const estimator_setup *setup, const balance_parameters *p,
                      const rigid_body_model *model, double dt, const double *joint_angle, const double *joint_velocity,
                      const double gyro[3], const double specific_force[3], const double normal_force[ESTIMATOR_FEET])
{
    double rate[3], force[3], omega[3], acceleration[3], imu_offset[3], turn[3], increment[4], turned[4];
    leg_evidence legs;
    rotate3(setup->imu_rotation, gyro, rate);
    rotate3(setup->imu_rotation, specific_force, force);
    for (int k = 0; k < ESTIMATOR_FEET; k++) {
        estimator_foot *foot = &e->foot[k];
        rigid_body_chain(model, setup->foot_frame[k], joint_angle, joint_velocity, foot->position, foot->rotation,
                         foot->velocity);
        update_contact(foot, p, normal_force[k]);
    }
    int first = !e->initialised;
    if (first)
        initialise(e, force);

    /* prediction: the attitude of this instant was predicted from the last gyro sample's rate */
    for (int i = 0; i < 3; i++)
        e->angular_velocity[i] = rate[i] - e->gyro_bias[i];
    if (!first) {
        for (int i = 0; i < 3; i++)
            turn[i] = e->angular_velocity[i] * dt;
        quaternion_exponential(turn, increment);
        quaternion_multiply(e->quaternion, increment, turned);
        memcpy(e->quaternion, turned, sizeof turned);
        quaternion_normalise(e->quaternion);
        quaternion_to_matrix(e->quaternion, e->rotation);
    }
    rotate3(e->rotation, e->angular_velocity, omega);
    rotate3(e->rotation, setup->imu_position, imu_offset);
    rotate3(e->rotation, force, acceleration);
    acceleration[2] -= RIGID_BODY_GRAVITY;
    look_at_feet(e, omega, imu_offset, &legs);
    if (first)
        memcpy(e->imu_velocity, legs.velocity, sizeof legs.velocity);
    else
        for (int i = 0; i < 3; i++) {
            e->imu_velocity[i] += acceleration[i] * dt;
            e->position[i] += e->velocity[i] * dt;
        }

    if (legs.weight > 0.0) {
        double trust = fmin(legs.weight, 1.0), error[3], tilt[3], bias[3];
        for (int i = 0; i < 3; i++) {
            error[i] = legs.velocity[i] - e->imu_velocity[i];
            e->imu_velocity[i] += fmin(1.0, p->estimator_velocity_gain * dt) * trust * error[i];
            e->position[i] += fmin(1.0, p->estimator_position_gain * dt) * trust * (legs.position[i] - e->position[i]);
        }
        /* horizontal velocity error -> rotation about the horizontal axis that would have caused it: z x error */
        const double cause[3] = {-error[1], error[0], legs.yaw_error};
        const double gain[3] = {p->estimator_tilt_gain, p->estimator_tilt_gain, p->estimator_yaw_gain};
        const double bias_gain[3] = {p->estimator_tilt_bias_gain, p->estimator_tilt_bias_gain, p->estimator_yaw_bias_gain};
        for (int i = 0; i < 3; i++) {
            tilt[i] = trust * gain[i] * cause[i] * dt;
            bias[i] = -trust * bias_gain[i] * cause[i] * dt;
        }
        quaternion_exponential(tilt, increment);
        quaternion_multiply(increment, e->quaternion, turned);
        memcpy(e->quaternion, turned, sizeof turned);
        rotate_back3(e->rotation, bias, turn);
        for (int i = 0; i < 3; i++)
            e->gyro_bias[i] = clamp(e->gyro_bias[i] + turn[i], -0.1, 0.1);
        quaternion_to_matrix(e->quaternion, e->rotation);
    }
    /* base velocity = IMU velocity - omega x (imu - base) */
    memcpy(e->velocity, e->imu_velocity, sizeof e->velocity);
    add_cross3(imu_offset, omega, e->velocity);
}
