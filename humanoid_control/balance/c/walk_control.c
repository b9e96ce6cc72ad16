/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_control.h"

#include "controller.h"
#include "spatial.h"

int balance_set_walk_parameters(balance_controller *c, const double *values, int count)
{
    walk_parameters parameters;
    if (count != walk_parameter_count())
        return BALANCE_BAD_PARAMETER;
    memcpy(&parameters, values, sizeof parameters);
    if (walk_parameters_check(&parameters) >= 0)
        return BALANCE_BAD_PARAMETER;
    c->walk.parameters = parameters;
    c->walk.configured = 1;
    return BALANCE_OK;
}

int balance_walk(balance_controller *c, int walk, const double velocity[3])
{
    if (finite_residue(velocity, 3) != 0.0)
        return BALANCE_BAD_REFERENCE;
    if (walk && c->stop.category < STOP_NONE)
        return BALANCE_STOPPED;
    c->walk.commanded = walk;
    memcpy(c->walk.velocity, velocity, sizeof c->walk.velocity);
    return BALANCE_OK;
}

int balance_follow(balance_controller *c, const walk_footstep *footstep, int count)
{
    if (count > 0 && c->stop.category < STOP_NONE)
        return BALANCE_STOPPED;
    return c->started ? walk_follow(&c->walk.gait, footstep, count) : WALK_BAD_INPUT;
}

const walk_state *balance_gait(const balance_controller *c)
{
    return &c->walk.gait;
}

const walk_output *balance_gait_output(const balance_controller *c)
{
    return &c->walk.out;
}

void balance_stand(balance_controller *c)
{
    standing_latch(&c->stand, &c->layout, &c->parameters, &c->body);
    c->report.stance_count++;
    c->walk.commanded = 0;
    walking_stand(&c->walk, &c->layout, &c->body, &c->reference);
}

int balance_act(balance_controller *c, const double force[WHOLE_BODY_FEET], const double touch[WHOLE_BODY_HANDS][3],
                double dt)
{
    const double *angle = c->q + 7, *rate = c->v + 6;
    walking *w = &c->walk;
    if (w->configured) {
        walking_update(w, &c->layout, &c->body, &c->reference, force, dt);
        if (w->out.touchdown >= 0) { /* the stance frame walks along; at a stop it stays */
            standing_latch(&c->stand, &c->layout, &c->parameters, &c->body);
            c->report.stance_count++;
        }
    }
    if (w->out.mode == WALK_STEPPING) {
        walking_tasks(w, &c->parameters, &c->layout, &c->model, &c->body, &c->reference, angle, rate, &c->tasks);
        return whole_body_solve(&c->work, &w->layout, &w->gains, &c->model, &c->body, &c->tasks, angle, rate, &c->result);
    }
    standing_tasks(&c->stand, &c->layout, &c->parameters, &c->model, &c->body, &c->reference, angle, rate, touch, dt,
                   &c->tasks);
    return whole_body_solve(&c->work, &c->layout, &c->parameters, &c->model, &c->body, &c->tasks, angle, rate, &c->result);
}

void balance_report_gait(balance_controller *c)
{
    const walk_output *out = &c->walk.out;
    balance_report *r = &c->report;
    if (out->mode != WALK_STEPPING)
        return;
    memcpy(r->dcm, out->dcm, sizeof r->dcm);
    memcpy(r->dcm_reference, out->dcm_reference, sizeof r->dcm_reference);
    memcpy(r->cop_target, out->cop, sizeof r->cop_target);
    support_polygon polygon;
    double nearest[2];
    support_clear(&polygon);
    for (int k = 0; k < WHOLE_BODY_FEET; k++)
        if (k != out->swing_foot)
            support_add_sole(&polygon, r->foot_position[k], r->foot_yaw[k], c->layout.sole_half_length,
                             c->layout.sole_half_width);
    support_close(&polygon);
    r->polygon_count = polygon.count;
    memcpy(r->polygon, polygon.point, sizeof r->polygon);
    r->dcm_margin = support_nearest(&polygon, r->dcm, nearest);
    r->cop_margin = r->cop[0] * 0.0 == 0.0 ? support_nearest(&polygon, r->cop, nearest) : NAN;
}
