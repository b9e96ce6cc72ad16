/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_machine.h"

#include "walk_tick.h"

static const double GRAVITY = 9.81; /* [m/s^2] */

/* Inputs beyond these are taken for nonsense: lengths [m], speeds [m/s, rad/s], tick [s], pendulum [m]. */
static const double FARTHEST = 1e5, FASTEST = 1e2, LONGEST_TICK = 0.05, SHORTEST_PENDULUM = 0.2, LONGEST_PENDULUM = 2.0;

INLINE int within(const double *value, int count, double limit)
{
    for (int i = 0; i < count; i++)
        if (!(fabs(value[i]) <= limit))
            return 0;
    return 1;
}

INLINE int plausible(const walk_input *in)
{
    return in->dt > 0.0 && in->dt <= LONGEST_TICK && in->com_height >= SHORTEST_PENDULUM &&
           in->com_height <= LONGEST_PENDULUM && within(in->com, 2, FARTHEST) && within(in->com_velocity, 2, FASTEST) &&
           within(in->sole_position[0], 3 * WALK_FEET, FARTHEST) && within(in->sole_yaw, WALK_FEET, FARTHEST) &&
           within(in->velocity, 3, FASTEST);
}

size_t walk_struct_size(int which)
{
    return which == 0 ? sizeof(walk_state) : which == 1 ? sizeof(walk_input) : sizeof(walk_output);
}

int walk_stand(walk_state *s, const walk_input *in)
{
    if (!plausible(in))
        return WALK_BAD_INPUT;
    memset(s, 0, sizeof *s);
    stand(s, in);
    s->heading = middle(s->sole[0], s->sole[1]).yaw;
    return WALK_OK;
}

int walk_follow(walk_state *s, const walk_footstep *footstep, int count)
{
    if (count < 0 || count > WALK_MAX_FOOTSTEPS)
        return WALK_TOO_MANY;
    for (int i = 0; i < count; i++)
        if ((footstep[i].foot != 0 && footstep[i].foot != 1) || !within(&footstep[i].pose.x, 3, FARTHEST))
            return WALK_BAD_FOOTSTEP;
    memcpy(s->footstep, footstep, count * sizeof *footstep);
    s->footstep_count = count;
    s->next_footstep = s->aims_at_footstep = 0;
    return WALK_OK;
}

static void follow_command(walk_state *s, const walk_tick_data *t)
{
    const walk_parameters *p = t->p;
    const double most[3] = {p->command_forward, p->command_sideways, p->command_turn};
    const double least[3] = {-p->command_backward, -p->command_sideways, -p->command_turn};
    const double rate[3] = {p->command_acceleration, p->command_acceleration, p->command_turn_acceleration};
    int commanded = t->in->walk && s->next_footstep >= s->footstep_count;
    for (int i = 0; i < 3; i++) {
        double wanted = commanded ? clamp(t->in->velocity[i], least[i], most[i]) : 0.0;
        s->velocity[i] += clamp(wanted - s->velocity[i], -rate[i] * t->in->dt, rate[i] * t->in->dt);
    }
}

/*
 * Foot that steps first. Commanded: the one of the footstep, or on the side of the DCM. Pushed: the foot on the side
 * of the DCM, unless it could not reach far enough after one imagined step and standing on it while the other foot
 * comes close needs less.
 */
static int first_foot(const walk_state *s, const walk_tick_data *t, walk_pose centre, int pushed)
{
    const walk_parameters *p = t->p;
    if (!pushed && s->next_footstep < s->footstep_count)
        return s->footstep[s->next_footstep].foot;
    double aside = walk_pose_relative(centre, point(t->dcm)).y;
    int outer = aside >= 0.0 ? 0 : 1;
    if (!pushed)
        return outer;
    double side = outer ? -1.0 : 1.0, growth = exp(t->omega * p->recovery_horizon);
    double far = side * aside; /* all lengths from here on are towards the push */
    double own = side * walk_pose_relative(centre, s->sole[outer]).y;
    double other = side * walk_pose_relative(centre, s->sole[1 - outer]).y;
    double edge = own + p->dcm_cop_half_width;
    double direct = (far - other) * growth;
    double drifted = far > edge ? edge + (far - edge) * growth : far;
    double detour = (drifted - (own - p->reach_inward)) * growth;
    return direct > p->recovery_outward_share * p->reach_outward && detour < direct ? 1 - outer : outer;
}

static void start_stepping(walk_state *s, const walk_tick_data *t, int pushed)
{
    const walk_parameters *p = t->p;
    latch(s, t->in);
    walk_pose centre = middle(s->sole[0], s->sole[1]);
    s->mode = WALK_STEPPING;
    s->stance = 1 - first_foot(s, t, centre, pushed);
    s->floor = t->in->sole_position[s->stance][2];
    s->double_support = pushed ? p->gait_emergency_double_support : p->gait_start_double_support;
    s->duration = s->planned = p->gait_step_time + (pushed ? 0.0 : p->gait_start_double_support);
    s->time = 0.0;
    s->cop_start[0] = centre.x;
    s->cop_start[1] = centre.y;
    s->emergency = pushed;
    s->steps = s->chosen = s->airborne = 0;
    s->since_adaptation = 0.0;
}

static void stand_tick(walk_state *s, walk_tick_data *t)
{
    walk_pose centre = middle(s->sole[0], s->sole[1]);
    const double reference[2] = {centre.x, centre.y};
    memcpy(t->dcm_reference, reference, sizeof reference);
    steer(s, t, reference, 1);
    turn_towards(s, centre.yaw, t->p->swing_turn_rate * t->in->dt);
    if (-t->margin > t->p->recovery_trigger)
        start_stepping(s, t, 1);
    else if (t->in->walk || s->next_footstep < s->footstep_count)
        start_stepping(s, t, 0);
}

INLINE void fill(const walk_state *s, const walk_tick_data *t, walk_output *out)
{
    out->mode = s->mode;
    out->swing_foot = s->mode == WALK_STEPPING && s->airborne ? 1 - s->stance : -1;
    out->touchdown = t->touchdown;
    for (int i = 0; i < 2; i++) {
        out->dcm[i] = t->dcm[i];
        out->dcm_reference[i] = t->dcm_reference[i];
        out->cop[i] = t->cop[i];
        out->com_acceleration[i] = t->omega * t->omega * (t->in->com[i] - t->cop[i]);
        out->load_limit[i] = t->load_limit[i];
    }
    out->margin = t->margin;
    out->residual = s->residual;
    out->heading = s->heading;
    out->swing = s->swing;
    out->footstep = (walk_footstep){1 - s->stance, s->target};
}

int walk_tick(walk_state *s, const walk_parameters *p, const walk_input *in, walk_output *out)
{
    if (!plausible(in))
        return WALK_BAD_INPUT;
    walk_tick_data t = {.p = p, .in = in, .omega = sqrt(GRAVITY / in->com_height), .load_limit = {WALK_NO_LIMIT, WALK_NO_LIMIT},
              .touchdown = -1};
    for (int i = 0; i < 2; i++)
        t.dcm[i] = in->com[i] + in->com_velocity[i] / t.omega;
    follow_command(s, &t);
    if (s->mode == WALK_STANDING)
        stand_tick(s, &t);
    if (s->mode == WALK_STEPPING)
        walk_step_tick(s, &t);
    fill(s, &t, out);
    return WALK_OK;
}
