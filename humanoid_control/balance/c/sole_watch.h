/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether both sole sensors have lost the robot's weight at once while something still carries it.
 *
 * What touches the robot must exert its mass times the specific force that the accelerometer feels. A load that goes
 * from the soles within a few ticks, in a robot that does not fall and whose legs move as legs on the floor do, is a
 * fault of the sensors or of their common cable; a hoist takes it slowly, and legs without load extend at once. Soles that
 * bounce after a push carry the robot again soon: the doubt waits for that.
 */
#ifndef HUMANOID_CONTROL_SOLE_WATCH_H
#define HUMANOID_CONTROL_SOLE_WATCH_H

/* All zero to begin with. */
typedef struct sole_watch {
    double believed; /* for so long a load that goes is too fast to be true [s] */
    double gone;     /* since when such a load is gone [s] */
} sole_watch;

/*
 * One tick of `dt` [s] with the sum of the normal forces [N], mass [kg], norm of the specific force [m/s^2] and the
 * difference between the velocities of the base by the IMU and by the standing legs [m/s]. Returns whether both sensors are to be doubted.
 */
int sole_watch_update(sole_watch *w, double load, double mass, double specific_force, double leg_error, double dt);

#endif
