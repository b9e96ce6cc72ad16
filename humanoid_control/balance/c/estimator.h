/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pose and velocity of the base from gyro, accelerometer and the legs that stand.
 *
 * The gyro turns the attitude, the accelerometer drives the velocity, and the velocity that the standing feet imply
 * corrects all: velocity and position directly, roll, pitch and gyro bias through the horizontal velocity error
 * (a tilt error d makes the integrated velocity run away with g d, so the error shows it; unlike the plain
 * accelerometer direction this stays right while the robot accelerates). A sole that has been still for a while
 * holds the attitude: yaw for good, roll and pitch against the gyro's noise, since what gravity corrects turns the
 * remembered orientation of the sole as well. The floor is taken to be level at z = 0.
 *
 * State: the IMU's velocity and the base position in `odom`. Nothing is allocated.
 */
#ifndef HUMANOID_CONTROL_ESTIMATOR_H
#define HUMANOID_CONTROL_ESTIMATOR_H

#include "parameters.h"
#include "rigid_body.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESTIMATOR_FEET 2

typedef struct estimator_setup {
    int foot_frame[ESTIMATOR_FEET]; /* frames of the rigid_body_model: soles */
    double imu_rotation[9];         /* of the IMU in base axes */
    double imu_position[3];         /* [m] in base axes */
} estimator_setup;

typedef struct estimator_foot {
    int standing;       /* from the sole force, with hysteresis */
    int anchored;
    double weight;      /* 0..1 */
    double anchor[3];   /* sole position at touch-down [m] */
    double anchor_rotation[9]; /* sole orientation that is held to be still */
    double age;         /* how long the sole has kept that orientation [s] */
    double position[3], rotation[9], velocity[6]; /* relative to the base, base axes */
} estimator_foot;

typedef struct estimator {
    int initialised;
    int averaging;              /* the first attitude came from one accelerometer sample that is still being averaged */
    double age;                 /* time since initialisation [s] */
    double quaternion[4], rotation[9];
    double gyro_bias[3];        /* base axes [rad/s] */
    double position[3];         /* base origin [m] */
    double imu_velocity[3];     /* [m/s], world axes */
    double velocity[3];         /* base origin [m/s], world axes */
    double angular_velocity[3]; /* base axes [rad/s] */
    double leg_error;           /* between the velocities by IMU and by the standing feet at the last step [m/s] */
    estimator_foot foot[ESTIMATOR_FEET];
} estimator;

/* Forget everything; the next update starts from flat soles or the accelerometer, with the midpoint of the soles at the origin. */
void estimator_reset(estimator *e);

/*
 * One step of `dt` [s] with joint angles and velocities (joints), angular velocity [rad/s] and specific force
 * [m/s^2] in IMU axes and the normal force of each sole [N].
 */
void estimator_update(estimator *e, const estimator_setup *setup, const balance_parameters *p,
                      const rigid_body_model *model, double dt, const double *joint_angle, const double *joint_velocity,
                      const double gyro[3], const double specific_force[3], const double normal_force[ESTIMATOR_FEET]);

#ifdef __cplusplus
}
#endif

#endif
