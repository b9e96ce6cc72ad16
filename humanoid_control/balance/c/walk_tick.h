/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of one gait tick share; private to walk_machine.c and walk_step.c. */
#ifndef HUMANOID_CONTROL_WALK_TICK_H
#define HUMANOID_CONTROL_WALK_TICK_H

#include "spatial.h"
#include "walk_machine.h"

/* A load limit that does not limit, as share of body weight. */
#define WALK_NO_LIMIT 10.0

/* What one tick works with; points are in the world [m]. */
typedef struct walk_tick_data {
    const walk_parameters *p;
    const walk_input *in;
    double omega;
    double dcm[2];
    double cop[2], dcm_reference[2];
    double load_limit[WALK_FEET];
    double margin;
    int touchdown;
} walk_tick_data;

/* Halfway between two poses. */
INLINE walk_pose middle(walk_pose a, walk_pose b)
{
    return (walk_pose){0.5 * (a.x + b.x), 0.5 * (a.y + b.y), wrap_angle(a.yaw + 0.5 * wrap_angle(b.yaw - a.yaw))};
}

INLINE walk_pose point(const double at[2])
{
    return (walk_pose){at[0], at[1], 0.0};
}

INLINE void latch(walk_state *s, const walk_input *in)
{
    for (int k = 0; k < WALK_FEET; k++)
        s->sole[k] = (walk_pose){in->sole_position[k][0], in->sole_position[k][1], wrap_angle(in->sole_yaw[k])};
}

INLINE void turn_towards(walk_state *s, double yaw, double most)
{
    s->heading = wrap_angle(s->heading + clamp(wrap_angle(yaw - s->heading), -most, most));
}

/* Where the centre of pressure may go: the soles that carry, less a margin. `share` scales the reach. */
INLINE void reach_of_soles(const walk_state *s, const walk_parameters *p, int both, double share,
                           support_polygon *polygon)
{
    support_clear(polygon);
    for (int k = 0; k < WALK_FEET; k++)
        if (both || k == s->stance) {
            const double centre[2] = {s->sole[k].x, s->sole[k].y};
            support_add_sole(polygon, centre, s->sole[k].yaw, share * p->dcm_cop_half_length,
                             share * p->dcm_cop_half_width);
        }
    support_close(polygon);
}

/* p = p_ref + (1 + k/w) (x - x_ref), as near as the soles allow. */
INLINE void steer(const walk_state *s, walk_tick_data *t, const double cop_reference[2], int both)
{
    support_polygon polygon;
    double wanted[2], nearest[2];
    reach_of_soles(s, t->p, both, 1.0, &polygon);
    for (int i = 0; i < 2; i++)
        wanted[i] = cop_reference[i] + (1.0 + t->p->dcm_gain / t->omega) * (t->dcm[i] - t->dcm_reference[i]);
    support_nearest(&polygon, wanted, t->cop);
    t->margin = support_nearest(&polygon, t->dcm, nearest);
}

/* From now on stand with the soles where they are. */
INLINE void stand(walk_state *s, const walk_input *in)
{
    latch(s, in);
    s->mode = WALK_STANDING;
    s->floor = 0.5 * (in->sole_position[0][2] + in->sole_position[1][2]);
    s->footstep_count = s->next_footstep = 0;
    s->airborne = s->chosen = s->emergency = 0;
    s->residual = 0.0;
    memset(s->trim, 0, sizeof s->trim);
}

/* One tick of a robot that steps. */
void walk_step_tick(walk_state *s, walk_tick_data *t);

#endif
