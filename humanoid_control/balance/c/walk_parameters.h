/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every setting of the gait: one table from which the struct, the names ("section.field"), the ranges and the
 * descriptions follow. Values come from config/walking.yaml; the table holds no defaults.
 */
#ifndef HUMANOID_CONTROL_WALK_PARAMETERS_H
#define HUMANOID_CONTROL_WALK_PARAMETERS_H

#ifdef __cplusplus
extern "C" {
#endif

/* X(section, field, minimum, maximum, unit, description) */
#define WALK_PARAMETERS(X)                                                                                            \
    X(gait, step_time, 0.2, 1.5, "s", "duration of an undisturbed step, both phases")                                 \
    X(gait, double_support, 0.005, 0.4, "s", "part of it in which both feet carry")                                   \
    X(gait, hurried_double_support, 0.005, 0.4, "s", "the same after a touchdown with a large DCM error")             \
    X(gait, hurry_error, 0, 1, "m", "DCM error at touchdown beyond which the next double support is hurried")         \
    X(gait, start_double_support, 0.02, 1, "s", "shift of weight before the first commanded step")                    \
    X(gait, emergency_double_support, 0.002, 0.4, "s", "shift of weight before a step forced by a push")              \
    X(gait, width, 0.1, 0.5, "m", "distance between the feet across the walking direction")                           \
    X(command, forward, 0, 2, "m/s", "largest commanded speed forward")                                               \
    X(command, backward, 0, 2, "m/s", "largest commanded speed backward")                                             \
    X(command, sideways, 0, 1, "m/s", "largest commanded speed sideways")                                             \
    X(command, turn, 0, 2, "rad/s", "largest commanded turning rate")                                                 \
    X(command, acceleration, 0.05, 5, "m/s^2", "change of the speed that the gait follows")                           \
    X(command, turn_acceleration, 0.05, 10, "rad/s^2", "change of the turning rate that the gait follows")            \
    X(command, trim_gain, 0, 1, "", "share of a stride's speed error that later steps make up for")                   \
    X(command, trim_limit, 0, 0.5, "m/s", "largest such correction, also in rad/s")                                   \
    X(dcm, gain, 0, 30, "1/s", "rate at which the centre of pressure lets a DCM error decay")                         \
    X(dcm, cop_half_length, 0.01, 0.3, "m", "reach of the centre of pressure along a foot")                           \
    X(dcm, cop_half_width, 0.005, 0.2, "m", "reach of the centre of pressure across a foot")                          \
    X(reach, forward, 0.05, 1.2, "m", "longest step forward")                                                         \
    X(reach, backward, 0.05, 1.2, "m", "longest step backward")                                                       \
    X(reach, inward, 0.05, 0.4, "m", "smallest distance between the feet across the stance foot")                     \
    X(reach, outward, 0.1, 1.2, "m", "largest distance between the feet across the stance foot")                      \
    X(reach, turn, 0, 1.2, "rad", "largest turn of a step")                                                           \
    X(reach, time_minimum, 0.1, 1, "s", "shortest step")                                                              \
    X(reach, time_maximum, 0.1, 2, "s", "longest step")                                                               \
    X(reach, swing_time, 0.05, 1, "s", "shortest swing")                                                              \
    X(reach, swing_acceleration, 5, 500, "m/s^2", "acceleration within which the swinging foot must get there")       \
    X(reach, drop_acceleration, 5, 500, "m/s^2", "acceleration within which it must get down")                        \
    X(adaptation, period, 0, 0.1, "s", "time between two adaptations of step and timing")                             \
    X(adaptation, freeze_time, 0, 0.3, "s", "time before touchdown from which the footstep stays")                    \
    X(adaptation, settle_time, 0, 0.3, "s", "time before touchdown from which the duration stays")                    \
    X(adaptation, cop_share, 0, 1, "", "share of the reach of the centre of pressure that predictions count on")      \
    X(adaptation, weight_step, 1e-3, 1e4, "1/m^2", "cost of a footstep away from the nominal one")                    \
    X(adaptation, weight_error, 1e-3, 1e7, "1/m^2", "cost of a DCM error that is left at touchdown")                  \
    X(adaptation, weight_lost, 0, 1e7, "1/m^2", "cost of what of it lies beyond the following three")                 \
    X(adaptation, spare_along, 0, 1, "m", "DCM error along the foot that the next step can still meet")               \
    X(adaptation, spare_inward, 0, 1, "m", "the same towards the present stance foot")                                \
    X(adaptation, spare_outward, 0, 1, "m", "the same away from it")                                                  \
    X(adaptation, weight_time, 0, 1e4, "1/s^2", "cost of a duration other than the nominal one")                      \
    X(adaptation, weight_change, 0, 1e4, "1/s^2", "cost of changing the duration")                                    \
    X(swing, height, 0.005, 0.3, "m", "lift of the swinging foot")                                                    \
    X(swing, hurried_height, 0.005, 0.3, "m", "lift in a short swing")                                                \
    X(swing, hurried_time, 0.05, 1, "s", "swing shorter than this is lifted less")                                    \
    X(swing, apex, 0.1, 0.9, "", "share of the swing after which the foot is highest")                                \
    X(swing, apex_acceleration, 0, 50, "m/s^2", "downward acceleration there")                                        \
    X(swing, early_arrival, 0, 0.2, "s", "time before touchdown at which the foot is over its place")                 \
    X(swing, lowering_time, 0, 0.2, "s", "time before touchdown from which the foot is only lowered")                 \
    X(swing, lowering_speed, 0, 1, "m/s", "speed of that and of waiting for the floor")                               \
    X(swing, landing_speed, 0, 1, "m/s", "downward speed at the planned touchdown")                                   \
    X(swing, landing_depth, 0, 0.05, "m", "depth below the floor that the swing aims at")                             \
    X(swing, lowest, 0, 0.2, "m", "depth below the floor at which the search for it ends")                            \
    X(swing, acceleration, 1, 500, "m/s^2", "largest acceleration of the swing trajectory, per axis")                 \
    X(swing, turn_rate, 0.1, 20, "rad/s", "largest rate of the pelvis' heading")                                      \
    X(touchdown, force, 1, 500, "N", "normal force that shows the floor")                                             \
    X(touchdown, height, 0, 0.2, "m", "height of the foot above which a force is a knock, not the floor")             \
    X(touchdown, earliest, 0, 1, "", "share of the swing before which a force is a knock, not the floor")             \
    X(touchdown, depth, 0, 0.2, "m", "depth of the foot that counts as touchdown without force")                      \
    X(touchdown, grace, 0, 1, "s", "delay after which a foot at the floor counts as down without force")              \
    X(touchdown, contact_height, 0, 0.1, "m", "height that counts as being at the floor for that")                    \
    X(touchdown, overdue, 0, 1, "s", "delay after which touchdown is assumed")                                        \
    X(unload, excess, 0.5, 5, "", "load limit of the leaving foot at the start of double support, of body weight")    \
    X(unload, rest, 0, 1, "", "the same at the end")                                                                  \
    X(recovery, trigger, -0.1, 0.2, "m", "distance of the DCM outside the support at which a standing robot steps")   \
    X(recovery, horizon, 0.05, 1, "s", "duration of the imagined steps that choose the first foot")                   \
    X(recovery, outward_share, 0, 2, "", "share of the outward reach from which a first step inward is considered")   \
    X(swing, stiffness, 0, 3000, "1/s^2", "acceleration per pose error of the swinging foot")                         \
    X(swing, damping, 0, 300, "1/s", "acceleration per velocity error of the swinging foot")                          \
    X(weight, com, 0, 1e5, "", "centre of mass; this and the other weights hold while stepping")                      \
    X(weight, pelvis, 0, 1e5, "", "orientation of the pelvis")                                                        \
    X(weight, torso, 0, 1e5, "", "orientation of the torso")                                                          \
    X(weight, swing, 1e-3, 1e5, "", "acceleration of the swinging foot")                                              \
    X(weight, momentum, 0, 1e3, "", "decay of angular momentum")                                                      \
    X(weight, waist_posture, 1e-6, 1e3, "", "posture of the waist joints")                                            \
    X(weight, arm_posture, 1e-6, 1e3, "", "posture of the arm joints")                                                \
    X(stop, speed, 0, 0.5, "m/s", "speed, and turning rate in rad/s, below which the gait may end")                   \
    X(stop, steps, 0, 20, "", "steps after which it may end")                                                         \
    X(stop, stagger, 0, 0.5, "m", "distance along the walking direction between the feet of a stand")                 \
    X(stop, spread, 0.1, 1, "m", "largest distance across it")                                                        \
    X(stop, twist, 0, 1, "rad", "largest angle between the feet of a stand")                                          \
    X(stop, dcm_share, 0, 1, "", "share of the reach of the centre of pressure in which the DCM must lie")

typedef struct walk_parameters {
#define WALK_DECLARE(section, field, minimum, maximum, unit, description) double section##_##field;
    WALK_PARAMETERS(WALK_DECLARE)
#undef WALK_DECLARE
} walk_parameters;

typedef struct walk_parameter_entry {
    const char *name; /* "section.field" */
    double minimum, maximum;
    const char *unit;
    const char *description;
} walk_parameter_entry;

/* The table: its length, and an entry (NULL outside the table). Entry i describes double i of walk_parameters. */
int walk_parameter_count(void);
const walk_parameter_entry *walk_parameter(int index);

/* Index of the first parameter outside its range or not finite, -1 when all are fine. */
int walk_parameters_check(const walk_parameters *p);

#ifdef __cplusplus
}
#endif

#endif
