/* SPDX-License-Identifier: Apache-2.0 */
#include "kin_step_bounds.h"

#include <math.h>

/* Fastest approach [rad/s] from which `distance` >= 0 to a limit still suffices for braking; see the header. */
static double approach_speed(double distance, double acceleration, double dt)
{
    const double braking = sqrt(2.0 * acceleration * distance) - 0.5 * acceleration * dt;
    const double at_once = acceleration * dt; /* speed from which one step of braking suffices */
    return fmin(fmax(braking, at_once), distance / dt);
}

/* Speed [rad/s] of coming back from `distance` > 0 outside a limit: ends there at rest. */
static double return_speed(double distance, double acceleration, double dt)
{
    return fmin(sqrt(2.0 * acceleration * distance), distance / dt);
}

int kin_step_bounds(int n, double dt, const double *position, const double *velocity, const double *position_lower,
                    const double *position_upper, const double *velocity_limit, const double *acceleration_limit,
                    double *lower, double *upper)
{
    if (n < 0 || !(dt > 0.0)) return KIN_INVALID_ARGUMENT;
    for (int i = 0; i < n; i++) {
        if (!isfinite(position[i]) || !isfinite(velocity[i])) return KIN_NOT_FINITE;
        const double a = acceleration_limit[i], fastest = velocity_limit[i];
        const double above = position_upper[i] - position[i], below = position[i] - position_lower[i];
        const double now = fmin(fmax(velocity[i], -fastest), fastest);
        double high = fmin(fastest, now + a * dt), low = fmax(-fastest, now - a * dt);
        if (above < 0.0) {
            high = fmax(low, fmin(high, -return_speed(-above, a, dt)));
        } else if (below < 0.0) {
            low = fmin(high, fmax(low, return_speed(-below, a, dt)));
        } else {
            const double up = approach_speed(above, a, dt), down = -approach_speed(below, a, dt);
            high = fmin(fmax(high, down), up);
            low = fmin(fmax(low, down), up);
        }
        lower[i] = low * dt;
        upper[i] = high * dt;
    }
    return KIN_OK;
}
