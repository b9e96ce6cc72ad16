/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every gain of the balance controller: one table from which the struct, the names ("section.field"), the ranges and
 * the descriptions follow. Values come from config/balance.yaml; the table holds no defaults.
 */
#ifndef HUMANOID_CONTROL_BALANCE_PARAMETERS_H
#define HUMANOID_CONTROL_BALANCE_PARAMETERS_H

#ifdef __cplusplus
extern "C" {
#endif

/* X(section, field, minimum, maximum, unit, description) */
#define BALANCE_PARAMETERS(X)                                                                                         \
    X(estimator, velocity_gain, 0, 200, "1/s", "correction of the base velocity by the standing feet")               \
    X(estimator, position_gain, 0, 200, "1/s", "correction of the base position by the standing feet")               \
    X(estimator, tilt_gain, 0, 20, "rad/m", "correction of roll and pitch by the velocity error")                    \
    X(estimator, tilt_bias_gain, 0, 5, "rad/(m s)", "correction of the gyro bias in roll and pitch")                 \
    X(estimator, sole_gain, 0, 50, "1/s", "correction of the attitude by soles that stay still")                     \
    X(estimator, sole_bias_gain, 0, 10, "1/s^2", "correction of the gyro bias by soles that stay still")             \
    X(contact, touch_force, 1, 500, "N", "normal force above which a foot counts as standing")                       \
    X(contact, lift_force, 1, 500, "N", "normal force below which a foot counts as lifted")                          \
    X(contact, full_force, 1, 1000, "N", "normal force at which a foot has full weight in the estimator")            \
    X(contact, friction, 0.05, 2, "", "friction coefficient that the planned foot forces respect")                   \
    X(contact, twist_radius, 0.001, 0.5, "m", "friction moment about the normal per friction force")                 \
    X(contact, edge_margin, 0, 0.1, "m", "distance of the planned centre of pressure of a foot from its edge")       \
    X(contact, minimum_force, 0, 200, "N", "smallest planned normal force of a standing foot")                       \
    X(contact, stiffness, 0, 2000, "1/s^2", "acceleration of a standing foot towards where it was put down")          \
    X(contact, damping, 0, 200, "1/s", "acceleration of a standing foot against its measured velocity")              \
    X(dcm, gain, 0, 30, "1/s", "rate at which an error of the divergent component of motion decays")                 \
    X(dcm, cop_half_length, 0.01, 0.3, "m", "reach of the centre of pressure along a foot")                          \
    X(dcm, cop_half_width, 0.005, 0.2, "m", "reach of the centre of pressure across a foot")                         \
    X(dcm, com_margin, 0, 0.1, "m", "distance that the reference of the centre of mass keeps from that reach")       \
    X(height, stiffness, 0, 1000, "1/s^2", "acceleration per error of the height of the centre of mass")             \
    X(height, damping, 0, 200, "1/s", "acceleration per error of its velocity")                                      \
    X(pelvis, stiffness, 0, 2000, "1/s^2", "angular acceleration per orientation error of the pelvis")               \
    X(pelvis, damping, 0, 200, "1/s", "angular acceleration per error of its angular velocity")                      \
    X(torso, stiffness, 0, 2000, "1/s^2", "angular acceleration per orientation error of the torso")                 \
    X(torso, damping, 0, 200, "1/s", "angular acceleration per error of its angular velocity")                       \
    X(hand, stiffness, 0, 3000, "1/s^2", "acceleration per pose error of a hand")                                    \
    X(hand, damping, 0, 300, "1/s", "acceleration per velocity error of a hand")                                     \
    X(hand, integral_rate, 0, 30, "1/s", "growth of the hand target's offset per remaining error")                   \
    X(hand, integral_position_limit, 0, 0.2, "m", "largest offset of the hand target, per axis")                     \
    X(hand, integral_rotation_limit, 0, 0.5, "rad", "largest rotation offset of the hand target, per axis")          \
    X(hand, contact_force, 0.1, 100, "N", "contact force at the wrist above which that offset is frozen")            \
    X(hand, force_filter_time, 0, 1, "s", "time constant of the filter of the wrist force")                          \
    X(momentum, damping, 0, 100, "1/s", "rate at which angular momentum is asked to decay")                          \
    X(waist_posture, stiffness, 0, 1000, "1/s^2", "acceleration of the waist joints per posture error")              \
    X(waist_posture, damping, 0, 200, "1/s", "acceleration of the waist joints per velocity error")                  \
    X(arm_posture, stiffness, 0, 1000, "1/s^2", "acceleration of the arm joints per posture error")                  \
    X(arm_posture, damping, 0, 200, "1/s", "acceleration of the arm joints per velocity error")                      \
    X(other_posture, stiffness, 0, 1000, "1/s^2", "acceleration of all further joints per posture error")            \
    X(other_posture, damping, 0, 200, "1/s", "acceleration of all further joints per velocity error")                \
    X(weight, com, 0, 1e5, "", "centre of mass")                                                                     \
    X(weight, pelvis, 0, 1e5, "", "orientation of the pelvis")                                                       \
    X(weight, torso, 0, 1e5, "", "orientation of the torso")                                                         \
    X(weight, hand_position, 0, 1e5, "", "position of each hand")                                                    \
    X(weight, hand_rotation, 0, 1e5, "", "orientation of each hand")                                                 \
    X(weight, momentum, 0, 1e3, "", "decay of angular momentum")                                                     \
    X(weight, waist_posture, 1e-6, 1e3, "", "posture of the waist joints")                                           \
    X(weight, arm_posture, 1e-6, 1e3, "", "posture of the arm joints")                                               \
    X(weight, leg_acceleration, 0, 1e3, "", "small accelerations of the leg joints")                                 \
    X(weight, swing, 1e-3, 1e5, "", "acceleration of a swinging foot")                                               \
    X(weight, tangential_force, 1e-9, 1, "1/N^2", "small tangential foot forces")                                    \
    X(weight, normal_force, 1e-9, 1, "1/N^2", "small normal foot forces")                                            \
    X(weight, roll_moment, 1e-9, 1, "1/(N m)^2", "centre of pressure near the foot's centre line")                   \
    X(weight, pitch_moment, 1e-9, 1, "1/(N m)^2", "centre of pressure near the foot's middle")                       \
    X(weight, yaw_moment, 1e-9, 1, "1/(N m)^2", "small twisting moments of the feet")                                \
    X(limit, torque_share, 0.1, 1, "", "share of the effort limits that is planned with")                            \
    X(limit, position_margin, 0, 0.5, "rad", "distance that joints keep from their position limits")                 \
    X(limit, knee_minimum, 0, 1, "rad", "smallest knee flexion, away from the straight leg")                         \
    X(limit, approach_rate, 1, 100, "1/s", "rate at which a joint may approach its position limit")                  \
    X(limit, acceleration, 10, 1e5, "rad/s^2", "largest acceleration that a position limit may ask for")             \
    X(reference, stale_after, 0.01, 10, "s", "age of whole_body/reference after which its last posture is held")     \
    X(reference, extrapolation_time, 0, 0.5, "s", "longest time that a reference is continued with its velocity")    \
    X(reference, blend_time, 0.01, 10, "s", "time over which a new source of references is faded in")                \
    X(reference, jump, 0.001, 1, "rad", "step of the reference beyond its own velocity that is faded in")            \
    X(safety, hold_time, 0, 0.2, "s", "time for which the last good command is repeated after a failure")            \
    X(safety, damping_time, 0, 5, "s", "time in damping after which standing up needs a new activation")             \
    X(safety, gap_time, 0.004, 1, "s", "gap between low_state stamps that counts as missing input")                  \
    X(safety, tilt, 0.1, 1.5, "rad", "tilt of the pelvis that counts as fallen")                                     \
    X(safety, minimum_height, 0, 1, "m", "height of the centre of mass that counts as fallen")                       \
    X(safety, capture_distance, 0.2, 2, "m", "distance of the DCM from the nearest sole that no step makes up for")  \
    X(safety, capture_time, 0, 1, "s", "time beyond capture_distance after which a fall is predicted")               \
    X(safety, sit_height, 0.4, 1, "m", "height of the centre of mass at the end of a controlled sit")                \
    X(safety, sit_rate, 0.01, 0.15, "m/s", "largest speed of the centre of mass on the way down and up again")

typedef struct balance_parameters {
#define BALANCE_DECLARE(section, field, minimum, maximum, unit, description) double section##_##field;
    BALANCE_PARAMETERS(BALANCE_DECLARE)
#undef BALANCE_DECLARE
} balance_parameters;

typedef struct balance_parameter_entry {
    const char *name; /* "section.field" */
    double minimum, maximum;
    const char *unit;
    const char *description;
} balance_parameter_entry;

/* The table: its length, and an entry (NULL outside the table). Entry i describes double i of balance_parameters. */
int balance_parameter_count(void);
const balance_parameter_entry *balance_parameter(int index);

#ifdef __cplusplus
}
#endif

#endif
