/* SPDX-License-Identifier: Apache-2.0 */
#include "tick_input.h"

#include "spatial.h"

/* Beyond these no sensor of a humanoid tells the truth: [m/s^2], [N, N m]. */
static const double LARGEST_ACCELERATION = 2000.0, LARGEST_FORCE = 1e5;
/* A joint that moved by more than JUMP + JUMP_RATE dt was put there, or its encoder lies: [rad], [rad/s]. */
static const double JUMP = 0.1, JUMP_RATE = 40.0;

/* Entry of the first of three values from `entry` on that is not smaller than `largest`; -1 when all are. */
static int find_senseless(const double *position, int entry, double largest)
{
    for (int k = 0; k < 3; k++)
        if (!(fabs(position[entry + k]) < largest))
            return entry + k;
    return -1;
}

static int find_bad_sole(const balance_description *d, const double *position, int foot)
{
    int bad = find_senseless(position, d->sole_force_entry[foot], LARGEST_FORCE);
    return bad >= 0 ? bad : find_senseless(position, d->sole_torque_entry[foot], LARGEST_FORCE);
}

int tick_input_find_bad(const balance_description *d, const tick_input *in)
{
    for (int j = 0; j < d->joints; j++) {
        int entry = d->joint_entry[j];
        if (!(fabs(in->position[entry]) < BALANCE_LARGEST_ANGLE && fabs(in->velocity[entry]) < BALANCE_LARGEST_RATE))
            return entry;
    }
    int bad = find_senseless(in->position, d->gyro_entry, BALANCE_LARGEST_RATE);
    if (bad < 0)
        bad = find_senseless(in->position, d->acceleration_entry, LARGEST_ACCELERATION);
    for (int k = 0; k < WHOLE_BODY_FEET && bad < 0; k++)
        bad = find_bad_sole(d, in->position, k);
    return bad;
}

void tick_input_replace_soles(balance_controller *c, tick_input *in)
{
    const balance_description *d = &c->description;
    const double *seen = in->position;
    int trusted = c->started && !c->recovering;
    if (!trusted)
        c->soles = (sole_watch){0};
    int doubted = trusted && sole_watch_update(&c->soles, seen[d->sole_force_entry[0] + 2] + seen[d->sole_force_entry[1] + 2],
                                               c->model.total_mass, norm3(seen + d->acceleration_entry),
                                               c->estimate.leg_error, in->dt);
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        c->report.sole_missing[k] = doubted || (trusted && find_bad_sole(d, in->position, k) >= 0);
        if (!c->report.sole_missing[k])
            continue;
        if (in->position != in->seen) {
            memcpy(in->seen, in->position, d->state_entries * sizeof(double));
            in->position = in->seen;
        }
        memcpy(in->seen + d->sole_force_entry[k], c->result.wrench[k], 3 * sizeof(double));
        memcpy(in->seen + d->sole_torque_entry[k], c->result.wrench[k] + 3, 3 * sizeof(double));
    }
}

int tick_input_find_jump(const balance_controller *c, const tick_input *in)
{
    double reach = JUMP + JUMP_RATE * in->dt;
    for (int j = 0; j < c->model.joints; j++) {
        int entry = c->description.joint_entry[j];
        if (fabs(in->position[entry] - c->q[7 + j]) > reach)
            return entry;
    }
    return -1;
}
