/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_adaptation.h"

#include "spatial.h"

/* Peak acceleration of a quintic from rest to rest over distance d in time T is this times d / T^2. */
static const double QUINTIC_PEAK = 5.7735;

/* Candidate durations relative to the present one [s]; the nominal duration is one more. */
static const double CHANGES[] = {0.0, -0.08, -0.04, -0.02, -0.01, 0.01, 0.02, 0.04};
enum { CANDIDATES = sizeof CHANGES / sizeof CHANGES[0] + 1 };

void walk_reach(const walk_parameters *p, int stance, double step[2])
{
    double side = stance ? 1.0 : -1.0;
    step[0] = clamp(step[0], -p->reach_backward, p->reach_forward);
    step[1] = side * clamp(side * step[1], p->reach_inward, p->reach_outward);
}

/* Smallest duration in which the foot can be down again; a height that no foot has must not ask for an endless step. */
INLINE double earliest(const walk_parameters *p, const walk_situation *s)
{
    double drop = s->airborne ? sqrt(QUINTIC_PEAK * fmax(s->height, 0.0) / p->reach_drop_acceleration) : 0.0;
    drop = fmin(drop, p->reach_time_maximum);
    double elapsed = s->airborne ? s->elapsed : 0.0;
    return s->time + fmax(drop, p->reach_swing_time - elapsed);
}

/* Footstep limited to where the swinging foot can get in `left` seconds: about where it would come to rest. */
INLINE void limit_to_swing(const walk_parameters *p, const walk_situation *s, double left, double step[2])
{
    double radius = p->reach_swing_acceleration * left * left / QUINTIC_PEAK, centre[2], length;
    for (int i = 0; i < 2; i++)
        centre[i] = s->foot[i] + 0.5 * left * s->foot_velocity[i];
    length = hypot(step[0] - centre[0], step[1] - centre[1]);
    for (int i = 0; i < 2 && length > radius; i++)
        step[i] = centre[i] + (step[i] - centre[i]) * radius / length;
}

/* Part of an error that lies outside [-low, high]. */
INLINE double beyond(double error, double low, double high)
{
    return error - clamp(error, -low, high);
}

/* Error after `left` seconds: it decays at the gain's rate as long as the centre of pressure can reach far enough. */
INLINE double predicted_error(const walk_parameters *p, double omega, double error, double left, double reach)
{
    double growth = exp(omega * left), size = fabs(error);
    double after = fmax(size * exp(-p->dcm_gain * left), size * growth - reach * (growth - 1.0));
    return copysign(after, error);
}

static void evaluate(const walk_parameters *p, const walk_situation *s, const walk_plan *plan, double duration,
                     walk_choice *out)
{
    double left = fmax(duration - s->time, 0.0), back = exp(-s->omega * left), side = s->stance ? 1.0 : -1.0;
    double reach[2] = {p->adaptation_cop_share * p->dcm_cop_half_length, p->adaptation_cop_share * p->dcm_cop_half_width};
    double nominal[2] = {plan->step.x, plan->step.y}, error[2], moved = 0.0, rest = 0.0;
    for (int i = 0; i < 2; i++) {
        double now = s->dcm[i] - (s->single_support ? back * plan->end[i] : s->dcm_reference[i]);
        error[i] = predicted_error(p, s->omega, now, left, reach[i]);
        out->step[i] = nominal[i] + p->adaptation_weight_error * error[i] /
                                        (p->adaptation_weight_error * plan->share + p->adaptation_weight_step);
    }
    walk_reach(p, s->stance, out->step);
    if (s->airborne)
        limit_to_swing(p, s, left, out->step);
    for (int i = 0; i < 2; i++) {
        error[i] += plan->end[i] - plan->share * out->step[i] - plan->offset[i];
        moved += (out->step[i] - nominal[i]) * (out->step[i] - nominal[i]);
        rest += error[i] * error[i];
    }
    double lost = hypot(beyond(error[0], p->adaptation_spare_along, p->adaptation_spare_along),
                        beyond(side * error[1], p->adaptation_spare_inward, p->adaptation_spare_outward));
    double late = duration - s->planned, change = duration - s->duration;
    out->duration = duration;
    out->residual = lost;
    out->cost = p->adaptation_weight_step * moved + p->adaptation_weight_error * rest +
                p->adaptation_weight_lost * lost * lost + p->adaptation_weight_time * late * late +
                p->adaptation_weight_change * change * change;
}

void walk_adapt(const walk_parameters *p, const walk_situation *s, const walk_plan *plan, walk_choice *choice)
{
    evaluate(p, s, plan, s->duration, choice);
    if (!s->single_support || s->duration - s->time < p->adaptation_settle_time)
        return;
    /* the limits are those of a usual step; the first one from a stand shifts the weight for longer */
    double more = s->planned - p->gait_step_time, first = earliest(p, s);
    double low = fmax(p->reach_time_minimum + more, first), high = fmax(p->reach_time_maximum + more, first);
    choice->cost = INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
        walk_choice candidate;
        double wanted = i < CANDIDATES - 1 ? s->duration + CHANGES[i] : s->planned;
        evaluate(p, s, plan, clamp(wanted, low, high), &candidate);
        if (candidate.cost < choice->cost)
            *choice = candidate;
    }
}
