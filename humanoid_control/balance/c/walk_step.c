/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_tick.h"

/* A stride is measured only while the command changes by less than this [m/s, rad/s]. */
static const double STEADY = 0.02;

/* The footsteps ahead as seen from the stance foot. */
static void foresee(walk_state *s, const walk_parameters *p, const double velocity[3], walk_pose step[WALK_PREVIEW])
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
            seen = walk_pose_compose(seen, walk_step_of_velocity(p, velocity, duration, from));
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
static void adapt(walk_state *s, const walk_tick_data *t, const walk_plan *plan, const double dcm[2], const double reference[2])
{
    const walk_parameters *p = t->p;
    s->since_adaptation += t->in->dt;
    if (s->chosen && (s->since_adaptation < p->adaptation_period ||
                      (s->airborne && s->duration - s->time < p->adaptation_freeze_time)))
        return;
    walk_situation situation = {.omega = t->omega, .stance = s->stance, .time = s->time, .duration = s->duration, .planned = s->planned,
                                .single_support = s->time >= s->double_support};
    memcpy(situation.dcm, dcm, sizeof situation.dcm);
    memcpy(situation.dcm_reference, reference, sizeof situation.dcm_reference);
    if (s->airborne) {
        const walk_swing *swing = &s->swing;
        walk_pose stance = s->sole[s->stance], moving = {swing->velocity[WALK_SWING_X], swing->velocity[WALK_SWING_Y], 0.0};
        walk_pose at = walk_pose_relative(stance, point(swing->position));
        walk_pose towards = walk_pose_relative((walk_pose){0.0, 0.0, stance.yaw}, moving);
        situation.airborne = 1;
        situation.elapsed = s->time - s->lift_time;
        situation.height = swing->position[WALK_SWING_Z] - s->floor;
        situation.foot[0] = at.x;
        situation.foot[1] = at.y;
        situation.foot_velocity[0] = towards.x;
        situation.foot_velocity[1] = towards.y;
    }
    walk_choice choice;
    walk_adapt(p, &situation, plan, &choice);
    s->duration = choice.duration;
    s->residual = choice.residual;
    s->target = walk_pose_compose(s->sole[s->stance], (walk_pose){choice.step[0], choice.step[1], plan->step.yaw});
    s->since_adaptation = 0.0;
    s->chosen = 1;
}

/* Whether the swinging foot is down, by force or by where it is and for how long. */
INLINE int is_down(const walk_state *s, const walk_tick_data *t)
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

INLINE int may_stop(const walk_state *s, const walk_tick_data *t)
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

/* Compare the last stride, two steps, with the command and correct the ones to come. */
static void measure_stride(walk_state *s, const walk_tick_data *t, double error)
{
    const walk_parameters *p = t->p;
    walk_pose now = middle(s->sole[0], s->sole[1]), *start = &s->stride_start[1];
    double time = s->stride_time[1], change = 0.0;
    for (int i = 0; i < 3; i++)
        change = fmax(change, fabs(s->velocity[i] - s->stride_velocity[1][i]));
    if (s->steps > 3 && time > 0.0 && change < STEADY && error < p->gait_hurry_error && !s->emergency &&
        s->next_footstep >= s->footstep_count) {
        start->yaw = wrap_angle(start->yaw + 0.5 * wrap_angle(now.yaw - start->yaw));
        walk_pose moved = walk_pose_relative(*start, now);
        const double speed[3] = {moved.x / time, moved.y / time, 2.0 * moved.yaw / time};
        for (int i = 0; i < 3; i++)
            s->trim[i] = clamp(s->trim[i] + p->command_trim_gain * (s->velocity[i] - speed[i]), -p->command_trim_limit,
                               p->command_trim_limit);
    }
    s->stride_start[1] = s->stride_start[0];
    s->stride_time[1] = s->stride_time[0];
    memcpy(s->stride_velocity[1], s->stride_velocity[0], sizeof s->stride_velocity[1]);
    s->stride_start[0] = now;
    s->stride_time[0] = 0.0;
    memcpy(s->stride_velocity[0], s->velocity, sizeof s->velocity);
}

static void touch_down(walk_state *s, walk_tick_data *t)
{
    const walk_parameters *p = t->p;
    int foot = 1 - s->stance;
    latch(s, t->in);
    s->cop_start[0] = s->sole[s->stance].x;
    s->cop_start[1] = s->sole[s->stance].y;
    s->stance = foot;
    s->floor = t->in->sole_position[foot][2];
    s->time = 0.0;
    s->duration = s->planned = p->gait_step_time;
    double error = fmax(fabs(s->dcm_error[0]), fabs(s->dcm_error[1]));
    s->double_support = error < p->gait_hurry_error ? p->gait_double_support : p->gait_hurried_double_support;
    s->next_footstep += s->aims_at_footstep;
    s->steps++;
    measure_stride(s, t, error);
    s->chosen = s->airborne = s->emergency = s->aims_at_footstep = 0;
    t->touchdown = foot;
    if (may_stop(s, t))
        stand(s, t->in);
}

/* Load limits of double support, or the motion of the foot in single support. */
static void move_feet(walk_state *s, walk_tick_data *t)
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

/* From a stand, begin with the centre of pressure where the plan then leads through the DCM, as far as the soles reach. */
static void shift_weight(walk_state *s, const walk_tick_data *t, const walk_plan *plan, const double dcm[2])
{
    support_polygon polygon;
    double start[2];
    walk_reference_start(t->omega, plan->end, dcm, s->duration, s->double_support, start);
    walk_pose wanted = walk_pose_compose(s->sole[s->stance], point(start));
    const double at[2] = {wanted.x, wanted.y};
    reach_of_soles(s, t->p, 1, 1.0, &polygon);
    support_nearest(&polygon, at, s->cop_start);
}

void walk_step_tick(walk_state *s, walk_tick_data *t)
{
    walk_pose step[WALK_PREVIEW], stance = s->sole[s->stance];
    walk_plan plan;
    double cop[2], reference[2], velocity[3];
    int begins = s->time == 0.0 && s->steps == 0 && !s->emergency;
    s->time += t->in->dt;
    for (int i = 0; i < 2; i++)
        s->stride_time[i] += t->in->dt;
    for (int i = 0; i < 3; i++)
        velocity[i] = s->velocity[i] + s->trim[i];
    foresee(s, t->p, velocity, step);
    walk_plan_make(t->p, t->omega, s->stance, step, velocity, &plan);
    walk_pose at = walk_pose_relative(stance, point(t->dcm));
    const double dcm[2] = {at.x, at.y};
    if (begins)
        shift_weight(s, t, &plan, dcm);
    walk_pose from = walk_pose_relative(stance, point(s->cop_start));
    const double start[2] = {from.x, from.y};
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
