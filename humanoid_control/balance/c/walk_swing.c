/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_swing.h"

#include "spatial.h"

/* No foot moves faster [m/s, rad/s]: keeps the trajectory finite whatever the target does. */
static const double FASTEST = 30.0;

void walk_quintic_step(double *position, double *velocity, double *acceleration, const double target[3], double time,
                       double dt)
{
    double t = fmax(time, dt), x = *position, v = *velocity, a = *acceleration;
    /* what the target misses on the parabola of the present motion, scaled to unit time */
    double dx = target[0] - x - v * t - 0.5 * a * t * t;
    double dv = (target[1] - v - a * t) * t;
    double da = (target[2] - a) * t * t;
    double c3 = 10.0 * dx - 4.0 * dv + 0.5 * da, c4 = -15.0 * dx + 7.0 * dv - da, c5 = 6.0 * dx - 3.0 * dv + 0.5 * da;
    double s = dt / t, s2 = s * s;
    *position = x + v * dt + 0.5 * a * dt * dt + s2 * s * (c3 + s * (c4 + s * c5));
    *velocity = v + a * dt + s2 / t * (3.0 * c3 + s * (4.0 * c4 + s * 5.0 * c5));
    *acceleration = a + s / (t * t) * (6.0 * c3 + s * (12.0 * c4 + s * 20.0 * c5));
}

void walk_swing_start(walk_swing *swing, const double position[3], double yaw)
{
    memset(swing, 0, sizeof *swing);
    memcpy(swing->position, position, 3 * sizeof(double));
    swing->position[WALK_SWING_YAW] = yaw;
}

/* Vertical motion: up to the apex, then down to just below the floor. */
INLINE void advance_height(const walk_parameters *p, walk_swing *swing, double floor, double elapsed, double left,
                           double dt)
{
    double whole = elapsed + left, rising = p->swing_apex * whole - elapsed;
    double lift = whole > p->swing_hurried_time ? p->swing_height : p->swing_hurried_height;
    const double apex[3] = {floor + lift, 0.0, -p->swing_apex_acceleration};
    const double landing[3] = {floor - p->swing_landing_depth, -p->swing_landing_speed, 0.0};
    walk_quintic_step(&swing->position[WALK_SWING_Z], &swing->velocity[WALK_SWING_Z], &swing->acceleration[WALK_SWING_Z],
                      rising > 0.0 ? apex : landing, rising > 0.0 ? rising : left, dt);
}

void walk_swing_advance(const walk_parameters *p, walk_swing *swing, walk_pose target, double floor, double elapsed,
                        double left, double dt)
{
    if (left <= p->swing_lowering_time) {
        memset(swing->velocity, 0, sizeof swing->velocity);
        memset(swing->acceleration, 0, sizeof swing->acceleration);
        swing->velocity[WALK_SWING_Z] = -p->swing_lowering_speed;
        swing->position[WALK_SWING_Z] = fmax(swing->position[WALK_SWING_Z] - p->swing_lowering_speed * dt,
                                             floor - p->swing_lowest);
        return;
    }
    double yaw = swing->position[WALK_SWING_YAW];
    const double goal[WALK_SWING_AXES] = {target.x, target.y, 0.0, yaw + wrap_angle(target.yaw - yaw)};
    for (int i = 0; i < WALK_SWING_AXES; i++) {
        const double rest[3] = {goal[i], 0.0, 0.0};
        if (i != WALK_SWING_Z)
            walk_quintic_step(&swing->position[i], &swing->velocity[i], &swing->acceleration[i], rest,
                              left - p->swing_early_arrival, dt);
    }
    advance_height(p, swing, floor, elapsed, left, dt);
    for (int i = 0; i < WALK_SWING_AXES; i++) {
        swing->velocity[i] = clamp(swing->velocity[i], -FASTEST, FASTEST);
        swing->acceleration[i] = clamp(swing->acceleration[i], -p->swing_acceleration, p->swing_acceleration);
    }
}
