/* SPDX-License-Identifier: Apache-2.0 */
#include "sole_watch.h"

#include "rigid_body.h"

static const double CARRIES = 0.3;     /* share of what must be carried, above which the soles do it */
static const double NOTHING = 0.1;     /* and below which they carry nothing */
static const double AT_ONCE = 0.01;    /* no hoist unloads the soles faster [s] */
static const double BOUNCE = 0.03;     /* soles that bounce are back within [s] */
static const double FREE_FALL = 0.5;   /* a smaller specific force is that of a falling robot [g] */
static const double LEGS_GIVE = 0.5;   /* legs that push against nothing exceed it within 10 ms [m/s] */

int sole_watch_update(sole_watch *w, double load, double mass, double specific_force, double leg_error, double dt)
{
    double demand = mass * specific_force;
    int held = specific_force > FREE_FALL * RIGID_BODY_GRAVITY;
    int carries = !(load < CARRIES * demand), stands = held && leg_error < LEGS_GIVE;
    w->believed = !stands ? 0.0 : carries ? AT_ONCE : w->believed - dt;
    int goes = load < NOTHING * demand && w->believed > 0.0;
    w->gone = stands && !carries && (goes || w->gone > 0.0) ? w->gone + dt : 0.0;
    return w->gone > BOUNCE;
}
