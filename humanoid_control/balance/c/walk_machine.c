/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_machine.h"

#include "spatial.h"

static const double GRAVITY = 9.81; /* [m/s^2] */

/* Inputs beyond these are taken for nonsense: lengths [m], speeds [m/s, rad/s], tick [s], pendulum [m]. */
static const double FARTHEST = 1e5, FASTEST = 1e2, LONGEST_TICK = 0.05, SHORTEST_PENDULUM = 0.2, LONGEST_PENDULUM = 2.0;

/* A load limit that does not limit, as share of body weight. */
static const double NO_LIMIT = 10.0;

/* What one tick works with. */
typedef struct tick {
    const walk_parameters *p;
    const walk_input *in;
    double omega;
    double dcm[2];          /* world */
    double cop[2], dcm_reference[2];
    double load_limit[WALK_FEET];
    double margin;
    int touchdown;
} tick;

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

INLINE walk_pose pose_of_sole(const walk_input *in, int foot)
{
    return (walk_pose){in->sole_position[foot][0], in->sole_position[foot][1], wrap_angle(in->sole_yaw[foot])};
}

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
        s->sole[k] = pose_of_sole(in, k);
}

static void stand(walk_state *s, const walk_input *in)
{
    latch(s, in);
    s->mode = WALK_STANDING;
    s->floor = 0.5 * (in->sole_position[0][2] + in->sole_position[1][2]);
    s->footstep_count = s->next_footstep = 0;
    s->airborne = s->chosen = s->emergency = 0;
    s->residual = 0.0;
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

/* Where the centre of pressure may go: the soles that carry, less a margin. `share` scales the reach. */
static void reach_of_soles(const walk_state *s, const walk_parameters *p, int both, double share,
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
static void steer(const walk_state *s, tick *t, const double cop_reference[2], int both)
{
    support_polygon polygon;
    double wanted[2], nearest[2];
    reach_of_soles(s, t->p, both, 1.0, &polygon);
    for (int i = 0; i < 2; i++)
        wanted[i] = cop_reference[i] + (1.0 + t->p->dcm_gain / t->omega) * (t->dcm[i] - t->dcm_reference[i]);
    support_nearest(&polygon, wanted, t->cop);
    t->margin = support_nearest(&polygon, t->dcm, nearest);
}

INLINE void turn_towards(walk_state *s, double yaw, double most)
{
    s->heading = wrap_angle(s->heading + clamp(wrap_angle(yaw - s->heading), -most, most));
}

static void follow_command(walk_state *s, const tick *t)
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
static int first_foot(const walk_state *s, const tick *t, walk_pose centre, int pushed)
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

static void start_stepping(walk_state *s, const tick *t, int pushed)
{
    const walk_parameters *p = t->p;
    latch(s, t->in);
    walk_pose centre = middle(s->sole[0], s->sole[1]);
    s->mode = WALK_STEPPING;
    s->stance = 1 - first_foot(s, t, centre, pushed);
    s->floor = t->in->sole_position[s->stance][2];
    s->double_support = pushed ? p->gait_emergency_double_support : p->gait_start_double_support;
    s->duration = p->gait_step_time + (pushed ? 0.0 : p->gait_start_double_support);
    s->time = 0.0;
    s->cop_start[0] = centre.x;
    s->cop_start[1] = centre.y;
    s->emergency = pushed;
    s->steps = s->chosen = s->airborne = 0;
    s->since_adaptation = 0.0;
}

static void stand_tick(walk_state *s, tick *t)
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

/* The footsteps ahead as seen from the stance foot. */
static void foresee(walk_state *s, const walk_parameters *p, walk_pose step[WALK_PREVIEW])
{
    walk_pose seen = {0.0, 0.0, 0.0};
    int foot = s->stance, next = s->next_footstep;
    for (int i = 0; i < WALK_PREVIEW; i++) {
        int from = foot;
        foot = 1 - foot;
        if (next < s->footstep_count && s->footstep[next].foot == foot) {
            seen = walk_pose_relative(s->sole[s->stance], s->footstep[next++].pose);
            s->aims_at_footstep |= i == 0;
        } else {
            double duration = i ? p->gait_step_time : s->duration;
            seen = walk_pose_compose(seen, walk_step_of_velocity(p, s->velocity, duration, from));
        }
        if (i == 0) {
            double reached[2] = {seen.x, seen.y};
            walk_reach(p, s->stance, reached);
            seen = (walk_pose){reached[0], reached[1], clamp(seen.yaw, -p->reach_turn, p->reach_turn)};
        }
        step[i] = seen;
    }
}

/* Choose footstep and duration anew, unless it is too soon or too late for that. */
static void adapt(walk_state *s, const tick *t, const walk_plan *plan, const double dcm[2], const double reference[2])
{
    const walk_parameters *p = t->p;
    s->since_adaptation += t->in->dt;
    if (s->chosen && (s->since_adaptation < p->adaptation_period ||
                      (s->airborne && s->duration - s->time < p->adaptation_freeze_time)))
        return;
    walk_situation situation = {.omega = t->omega, .stance = s->stance, .time = s->time, .duration = s->duration,
                                .single_support = s->time >= s->double_support};
    memcpy(situation.dcm, dcm, sizeof situation.dcm);
    memcpy(situation.dcm_reference, reference, sizeof situation.dcm_reference);
    double distance = 0.0, height = 0.0, elapsed = 0.0;
    if (s->airborne && s->chosen) {
        const double *at = s->swing.position;
        distance = hypot(s->target.x - at[WALK_SWING_X], s->target.y - at[WALK_SWING_Y]);
        height = at[WALK_SWING_Z] - s->floor;
        elapsed = s->time - s->lift_time;
    }
    situation.earliest = s->time + walk_swing_time_needed(p, distance, height, elapsed);
    walk_choice choice;
    walk_adapt(p, &situation, plan, &choice);
    s->duration = choice.duration;
    s->residual = choice.residual;
    s->target = walk_pose_compose(s->sole[s->stance], (walk_pose){choice.step[0], choice.step[1], plan->step.yaw});
    s->since_adaptation = 0.0;
    s->chosen = 1;
}

/* Whether the swinging foot is down, by force or by where it is and for how long. */
INLINE int is_down(const walk_state *s, const tick *t)
{
    const walk_parameters *p = t->p;
    int foot = 1 - s->stance;
    double height = t->in->sole_position[foot][2] - s->floor, late = s->time - s->duration;
    double elapsed = s->time - s->lift_time, whole = s->duration - s->lift_time;
    int felt = t->in->force[foot] > p->touchdown_force && elapsed > p->touchdown_earliest * whole &&
               height < p->touchdown_height;
    return felt || height < -p->touchdown_depth || late > p->touchdown_overdue ||
           (late > p->touchdown_grace && height < p->touchdown_contact_height);
}

INLINE int may_stop(const walk_state *s, const tick *t)
{
    const walk_parameters *p = t->p;
    if (t->in->walk || s->next_footstep < s->footstep_count || s->steps < p->stop_steps)
        return 0;
    for (int i = 0; i < 3; i++)
        if (fabs(s->velocity[i]) > p->stop_speed)
            return 0;
    walk_pose apart = walk_pose_relative(s->sole[0], s->sole[1]);
    support_polygon polygon;
    double nearest[2];
    reach_of_soles(s, p, 1, p->stop_dcm_share, &polygon);
    return fabs(apart.x) < p->stop_stagger && fabs(apart.y) < p->stop_spread && fabs(apart.yaw) < p->stop_twist &&
           support_nearest(&polygon, t->dcm, nearest) >= 0.0;
}

static void touch_down(walk_state *s, tick *t)
{
    const walk_parameters *p = t->p;
    int foot = 1 - s->stance;
    latch(s, t->in);
    s->cop_start[0] = s->sole[s->stance].x;
    s->cop_start[1] = s->sole[s->stance].y;
    s->stance = foot;
    s->floor = t->in->sole_position[foot][2];
    s->time = 0.0;
    s->duration = p->gait_step_time;
    double error = fmax(fabs(s->dcm_error[0]), fabs(s->dcm_error[1]));
    s->double_support = error < p->gait_hurry_error ? p->gait_double_support : p->gait_hurried_double_support;
    s->next_footstep += s->aims_at_footstep;
    s->steps++;
    s->chosen = s->airborne = s->emergency = s->aims_at_footstep = 0;
    t->touchdown = foot;
    if (may_stop(s, t))
        stand(s, t->in);
}

/* Load limits of double support, or the motion of the foot in single support. */
static void move_feet(walk_state *s, tick *t)
{
    const walk_parameters *p = t->p;
    int foot = 1 - s->stance;
    if (s->time < s->double_support) {
        if (!s->emergency)
            t->load_limit[foot] = fmax(p->unload_excess * (1.0 - s->time / s->double_support), p->unload_rest);
        return;
    }
    if (!s->airborne) {
        s->airborne = 1;
        s->lift_time = s->time;
        walk_swing_start(&s->swing, t->in->sole_position[foot], t->in->sole_yaw[foot]);
    }
    walk_swing_advance(p, &s->swing, s->target, s->floor, s->time - s->lift_time, s->duration - s->time, t->in->dt);
    walk_pose swinging = {0.0, 0.0, s->swing.position[WALK_SWING_YAW]};
    turn_towards(s, middle(s->sole[s->stance], swinging).yaw, p->swing_turn_rate * t->in->dt);
    if (is_down(s, t))
        touch_down(s, t);
}

static void step_tick(walk_state *s, tick *t)
{
    walk_pose step[WALK_PREVIEW], stance = s->sole[s->stance];
    walk_plan plan;
    double cop[2], reference[2];
    s->time += t->in->dt;
    foresee(s, t->p, step);
    walk_plan_make(t->p, t->omega, s->stance, step, s->velocity, &plan);
    walk_pose from = walk_pose_relative(stance, point(s->cop_start)), at = walk_pose_relative(stance, point(t->dcm));
    const double start[2] = {from.x, from.y}, dcm[2] = {at.x, at.y};
    walk_reference(t->omega, plan.end, start, s->time, s->duration, s->double_support, cop, reference);
    for (int i = 0; i < 2; i++)
        s->dcm_error[i] = dcm[i] - reference[i];
    walk_pose cop_world = walk_pose_compose(stance, point(cop)), goal = walk_pose_compose(stance, point(reference));
    t->dcm_reference[0] = goal.x;
    t->dcm_reference[1] = goal.y;
    const double cop_reference[2] = {cop_world.x, cop_world.y};
    steer(s, t, cop_reference, s->time < s->double_support);
    adapt(s, t, &plan, dcm, reference);
    move_feet(s, t);
}

INLINE void fill(const walk_state *s, const tick *t, walk_output *out)
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
    tick t = {.p = p, .in = in, .omega = sqrt(GRAVITY / in->com_height), .load_limit = {NO_LIMIT, NO_LIMIT},
              .touchdown = -1};
    for (int i = 0; i < 2; i++)
        t.dcm[i] = in->com[i] + in->com_velocity[i] / t.omega;
    follow_command(s, &t);
    if (s->mode == WALK_STANDING)
        stand_tick(s, &t);
    if (s->mode == WALK_STEPPING)
        step_tick(s, &t);
    fill(s, &t, out);
    return WALK_OK;
}
