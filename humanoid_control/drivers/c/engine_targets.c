/* SPDX-License-Identifier: Apache-2.0 */
/* What each joint is to do in this tick: obey, hold or sit, within its limits. */
#include <math.h>

#include "engine_internal.h"

static double clip(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Torque that the drive comes to with this tick's target, as measured now. */
static double resulting(const struct drv_joint *joint)
{
    return joint->target_effort + joint->target_kp * (joint->target_position - joint->position) +
           joint->target_kd * (joint->target_velocity - joint->velocity);
}

static double within_limit(const struct drv_joint *joint, double effort)
{
    return clip(effort, -joint->setup.effort_limit, joint->setup.effort_limit);
}

void drv_enter_hold(struct drv_engine *engine, int64_t now)
{
    for (int i = 0; i < engine->setup.joints; i++) {
        struct drv_joint *joint = &engine->joints[i];
        joint->hold_position = clip(joint->position, joint->setup.soft_lower, joint->setup.soft_upper);
        joint->hold_effort = within_limit(joint, resulting(joint));
    }
    engine->status.state = DRV_STATE_HOLD;
    engine->hold_since = now;
}

static void hold_target(struct drv_joint *joint, double elapsed, double fade)
{
    joint->target_position = joint->hold_position;
    joint->target_velocity = 0.0;
    joint->target_effort = joint->hold_effort * exp(-elapsed / fade);
    joint->target_kp = joint->setup.hold_kp;
    joint->target_kd = joint->setup.hold_kd;
}

/* Command within the soft limits, mixed into the holding law: share 0 holds, 1 obeys. Both laws are linear in the
 * measured state, so mixing gains and torques mixes the torques that result. */
static void run_target(struct drv_joint *joint, double share, double elapsed, double fade)
{
    const struct drv_joint_setup *s = &joint->setup;
    double position = clip(joint->command_position, s->soft_lower, s->soft_upper);
    double velocity = clip(joint->command_velocity, -s->velocity_limit, s->velocity_limit);
    double effort = clip(joint->command_effort, -s->effort_limit, s->effort_limit);
    if (share >= 1.0) {
        joint->target_position = position;
        joint->target_velocity = velocity;
        joint->target_effort = effort;
        joint->target_kp = s->run_kp;
        joint->target_kd = s->run_kd;
        return;
    }
    hold_target(joint, elapsed, fade);
    double kp = (1.0 - share) * s->hold_kp + share * s->run_kp;
    double kd = (1.0 - share) * s->hold_kd + share * s->run_kd;
    if (kp > 0.0)
        joint->target_position =
            ((1.0 - share) * s->hold_kp * joint->hold_position + share * s->run_kp * position) / kp;
    if (kd > 0.0)
        joint->target_velocity = share * s->run_kd * velocity / kd;
    joint->target_effort = (1.0 - share) * joint->target_effort + share * effort;
    joint->target_kp = kp;
    joint->target_kd = kd;
}

static void push_back_from_limit(struct drv_joint *joint)
{
    const struct drv_joint_setup *s = &joint->setup;
    double beyond = joint->position > s->soft_upper   ? joint->position - s->soft_upper
                    : joint->position < s->soft_lower ? joint->position - s->soft_lower
                                                      : 0.0;
    joint->target_effort -= s->limit_kp * beyond;
}

static void limit_effort(struct drv_joint *joint)
{
    double total = resulting(joint);
    joint->target_effort += within_limit(joint, total) - total;
}

void drv_compute_targets(struct drv_engine *engine, int64_t now)
{
    double fade = engine->setup.blend_time;
    double held = drv_seconds(engine->hold_since, now);
    for (int i = 0; i < engine->setup.joints; i++) {
        struct drv_joint *joint = &engine->joints[i];
        int keep = joint->setup.keep_command && engine->commanded;
        if (engine->status.state == DRV_STATE_RUN) {
            run_target(joint, keep ? 1.0 : drv_seconds(engine->blend_since, now) / fade, held, fade);
        } else if (keep) {
            run_target(joint, 1.0, 0.0, fade);
        } else {
            hold_target(joint, held, fade);
            if (engine->status.state == DRV_STATE_SIT) {
                double s = clip(drv_seconds(engine->sit_since, now) / engine->setup.sit_time, 0.0, 1.0);
                double eased = s * s * s * (10.0 + s * (6.0 * s - 15.0));
                double way = joint->setup.sit_position - engine->sit_from[i];
                joint->target_position = engine->sit_from[i] + eased * way;
            }
        }
        push_back_from_limit(joint);
        limit_effort(joint);
    }
}
