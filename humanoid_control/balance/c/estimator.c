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

static const double FLAT = 0.03;  /* soles that lie flat agree in direction to this [rad] */
static const double LEVEL = 0.05; /* and with gravity as one noisy sample of a poor accelerometer shows it [rad] */
/* Something moves: share of gravity by which the specific force differs, [rad/s] of the base, [m/s] of a sole. */
static const double SHAKEN_FORCE = 0.05, SHAKEN = 0.2, SHAKEN_SOLE = 0.1;

/* Whether the accelerometer shows gravity alone, as far as one sample tells. */
static int at_rest(const estimator *e, const double rate[3], const double force[3])
{
    int still = fabs(norm3(force) - RIGID_BODY_GRAVITY) < SHAKEN_FORCE * RIGID_BODY_GRAVITY && norm3(rate) < SHAKEN;
    for (int k = 0; k < ESTIMATOR_FEET; k++)
        still = still && norm3(e->foot[k].velocity) < SHAKEN_SOLE;
    return still;
}

/*
 * Upwards in base axes by the soles: 1 when both stand flat on one level floor. Encoders tell it an order better than
 * one sample of the accelerometer, whose error would fade over seconds and turn all that the cameras saw in the meantime.
 * A robot that moves, because its joints have just got their power back, feels more than gravity: it cannot tell a slope.
 */
static int up_by_soles(const estimator *e, const double gravity[3], int still, double up[3])
{
    double across[3], mean[3];
    for (int i = 0; i < 3; i++)
        mean[i] = e->foot[0].rotation[3 * i + 2] + e->foot[1].rotation[3 * i + 2];
    double length = norm3(mean);
    if (!e->foot[0].standing || !e->foot[1].standing || length < 2.0 * cos(0.5 * FLAT))
        return 0;
    for (int i = 0; i < 3; i++)
        mean[i] /= length;
    cross3(mean, gravity, across);
    if (still && norm3(across) > LEVEL)
        return 0;
    memcpy(up, mean, sizeof mean);
    return 1;
}

/* Attitude from flat soles or the specific force, yaw and position such that the soles are about the origin. */
static void initialise(estimator *e, const double rate[3], const double force[3])
{
    double length = norm3(force), up[3] = {0.0, 0.0, 1.0}, axis[3], mean[3] = {0, 0, 0};
    if (length > 1e-6)
        for (int i = 0; i < 3; i++)
            up[i] = force[i] / length;
    e->averaging = !up_by_soles(e, up, at_rest(e, rate, force), up);
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
    double weight, velocity[3], position[3], turn[3]; /* turn: rotation that brings still soles back [rad] */
} leg_evidence;

static const double FIRST_TILT_GAIN = 1.6; /* [rad/m] */
static const double AVERAGED_AFTER = 10.0; /* [s] */
static const double STILL_SHARE = 0.05; /* of the tilt gain while the soles hold the attitude */
static const double STILL_AFTER = 0.5; /* a sole that kept its orientation for so long counts fully [s] */
static const double ROLLED = 0.02;     /* a sole that turned more has rolled over an edge [rad] */

/* How far a standing sole seems to have turned; a young or rolling one starts anew. */
static void watch_sole(estimator_foot *foot, const double facing[9], double dt, double out[3])
{
    foot->age += dt;
    rotation_error(foot->anchor_rotation, facing, out);
    if (!foot->anchored || norm3(out) > ROLLED) {
        memcpy(foot->anchor_rotation, facing, sizeof foot->anchor_rotation);
        foot->age = 0.0;
    }
    double share = fmin(foot->age / STILL_AFTER, 1.0);
    for (int i = 0; i < 3; i++)
        out[i] *= share;
}

static void look_at_feet(estimator *e, const double omega[3], const double imu_offset[3], double dt, leg_evidence *out)
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
        double turned[3];
        watch_sole(foot, facing, dt, turned);
        if (!foot->anchored) {
            for (int i = 0; i < 2; i++)
                foot->anchor[i] = e->position[i] + offset[i];
            foot->anchor[2] = 0.0;
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
            out->turn[i] += foot->weight * turned[i];
        }
        out->weight += foot->weight;
    }
    if (out->weight > 0.0) {
        for (int i = 0; i < 3; i++) {
            out->velocity[i] /= out->weight;
            out->position[i] /= out->weight;
            out->turn[i] /= out->weight;
        }
    }
}

/* Turn the attitude by a small rotation vector in world axes. */
static void turn_attitude(estimator *e, const double turn[3])
{
    double increment[4], turned[4];
    quaternion_exponential(turn, increment);
    quaternion_multiply(increment, e->quaternion, turned);
    memcpy(e->quaternion, turned, sizeof turned);
    quaternion_to_matrix(e->quaternion, e->rotation);
}

static void correct(estimator *e, const balance_parameters *p, const leg_evidence *legs, double dt)
{
    double trust = fmin(legs->weight, 1.0), error[3], gravity[3], feet[3], bias[3], back[3], quaternion[4], matrix[9];
    for (int i = 0; i < 3; i++) {
        error[i] = legs->velocity[i] - e->imu_velocity[i];
        e->imu_velocity[i] += fmin(1.0, p->estimator_velocity_gain * dt) * trust * error[i];
        e->position[i] += fmin(1.0, p->estimator_position_gain * dt) * trust * (legs->position[i] - e->position[i]);
    }
    e->leg_error = norm3(error);
    /* horizontal velocity error -> rotation about the horizontal axis that would have caused it: z x error */
    const double cause[3] = {-error[1], error[0], 0.0};
    /* an attitude from one noisy sample: believe gravity more until it has been averaged */
    double tilt_gain = fmax(p->estimator_tilt_gain, e->averaging ? FIRST_TILT_GAIN / (1.0 + e->age) : 0.0);
    /* two still soles hold the attitude better than a biased accelerometer; gravity only keeps it from wandering off */
    if (!e->averaging && e->foot[0].age > STILL_AFTER && e->foot[1].age > STILL_AFTER)
        tilt_gain *= STILL_SHARE;
    if (e->age > AVERAGED_AFTER)
        e->averaging = 0;
    /* a push may turn the soles on the floor, and the attitude with them: believe gravity again for a while */
    if (norm3(e->angular_velocity) > SHAKEN) {
        e->averaging = 1;
        e->age = 0.0;
    }
    e->age += dt;
    for (int i = 0; i < 3; i++) {
        gravity[i] = trust * tilt_gain * cause[i] * dt;
        feet[i] = trust * p->estimator_sole_gain * legs->turn[i] * dt;
        bias[i] = -trust * (p->estimator_tilt_bias_gain * cause[i] + p->estimator_sole_bias_gain * legs->turn[i]) * dt;
    }
    turn_attitude(e, gravity);
    turn_attitude(e, feet);
    quaternion_exponential(gravity, quaternion);
    quaternion_to_matrix(quaternion, matrix);
    for (int k = 0; k < ESTIMATOR_FEET; k++) {
        double turned[9];
        multiply3(matrix, e->foot[k].anchor_rotation, turned);
        memcpy(e->foot[k].anchor_rotation, turned, sizeof turned);
    }
    rotate_back3(e->rotation, bias, back);
    for (int i = 0; i < 3; i++)
        e->gyro_bias[i] = clamp(e->gyro_bias[i] + back[i], -0.1, 0.1);
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
        initialise(e, rate, force);

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
    look_at_feet(e, omega, imu_offset, dt, &legs);
    if (first)
        memcpy(e->imu_velocity, legs.velocity, sizeof legs.velocity);
    else
        for (int i = 0; i < 3; i++) {
            e->imu_velocity[i] += acceleration[i] * dt;
            e->position[i] += e->velocity[i] * dt;
        }

    e->leg_error = 0.0;
    if (legs.weight > 0.0)
        correct(e, p, &legs, dt);
    /* base velocity = IMU velocity - omega x (imu - base) */
    memcpy(e->velocity, e->imu_velocity, sizeof e->velocity);
    add_cross3(imu_offset, omega, e->velocity);
}
