/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_plan.h"

#include "spatial.h"

/* Space between the narrowest step and the nominal one [m], so that sidesteps keep off the bound. */
static const double NARROW_MARGIN = 0.01;

walk_pose walk_pose_relative(walk_pose from, walk_pose to)
{
    double c = cos(from.yaw), s = sin(from.yaw), dx = to.x - from.x, dy = to.y - from.y;
    return (walk_pose){c * dx + s * dy, c * dy - s * dx, wrap_angle(to.yaw - from.yaw)};
}

walk_pose walk_pose_compose(walk_pose from, walk_pose relative)
{
    double c = cos(from.yaw), s = sin(from.yaw);
    return (walk_pose){from.x + c * relative.x - s * relative.y, from.y + s * relative.x + c * relative.y,
                       wrap_angle(from.yaw + relative.yaw)};
}

/* Distance between the feet; wider when walking sideways, so that the closing step does not cross. */
INLINE double gait_width(const walk_parameters *p, const double velocity[3])
{
    return fmax(p->gait_width, p->reach_inward + NARROW_MARGIN + fabs(velocity[1]) * p->gait_step_time);
}

walk_pose walk_step_of_velocity(const walk_parameters *p, const double velocity[3], double duration, int stance)
{
    /* the midpoint between the feet is what moves and turns */
    double time = fmin(duration, p->gait_step_time), side = stance ? 1.0 : -1.0;
    double half = 0.5 * side * gait_width(p, velocity), turn = velocity[2] * p->gait_step_time;
    walk_pose middle = {0.0, half, turn};
    walk_pose foot = {velocity[0] * time, half + velocity[1] * time, 0.0};
    return walk_pose_compose(middle, foot);
}

void walk_plan_make(const walk_parameters *p, double omega, int stance, const walk_pose step[WALK_PREVIEW],
                    const double velocity[3], walk_plan *plan)
{
    double time = p->gait_step_time, span = omega * p->gait_double_support, growth = exp(omega * time);
    plan->share = -expm1(-span) / span;
    /* the offset that repeats itself after the last footstep, in the axes of that foot */
    int last = (stance + WALK_PREVIEW) % 2;
    double side = last ? 1.0 : -1.0;
    double x = plan->share * velocity[0] * time / (growth - 1.0);
    double y = plan->share * (side * gait_width(p, velocity) / (growth + 1.0) + velocity[1] * time / (growth - 1.0));
    double c = cos(step[WALK_PREVIEW - 1].yaw), s = sin(step[WALK_PREVIEW - 1].yaw);
    plan->offset[0] = c * x - s * y;
    plan->offset[1] = s * x + c * y;
    for (int i = WALK_PREVIEW - 2; i >= 0; i--) {
        plan->offset[0] = (plan->share * (step[i + 1].x - step[i].x) + plan->offset[0]) / growth;
        plan->offset[1] = (plan->share * (step[i + 1].y - step[i].y) + plan->offset[1]) / growth;
    }
    plan->step = step[0];
    plan->end[0] = plan->share * step[0].x + plan->offset[0];
    plan->end[1] = plan->share * step[0].y + plan->offset[1];
}

void walk_reference(double omega, const double end[2], const double start[2], double time, double duration,
                    double double_support, double cop[2], double dcm[2])
{
    double left = fmax(duration - time, 0.0), rest = double_support - time;
    if (rest <= 0.0) {
        for (int i = 0; i < 2; i++) {
            cop[i] = 0.0;
            dcm[i] = exp(-omega * left) * end[i];
        }
        return;
    }
    double single = fmax(duration - double_support, 0.0), shrink = exp(-omega * rest);
    double moved = 1.0 + expm1(-omega * rest) / (omega * rest);
    for (int i = 0; i < 2; i++) {
        cop[i] = start[i] * (1.0 - time / double_support);
        dcm[i] = shrink * exp(-omega * single) * end[i] + cop[i] * moved;
    }
}

void walk_reference_start(double omega, const double end[2], const double dcm[2], double duration, double double_support,
                          double start[2])
{
    double shrink = exp(-omega * duration), moved = 1.0 + expm1(-omega * double_support) / (omega * double_support);
    for (int i = 0; i < 2; i++)
        start[i] = (dcm[i] - shrink * end[i]) / moved;
}
