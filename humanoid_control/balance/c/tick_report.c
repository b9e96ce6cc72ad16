/* SPDX-License-Identifier: Apache-2.0 */
#include "spatial.h"
#include "tick_input.h"
#include "walk_control.h"

static const double LOWEST_PENDULUM = 0.3; /* a lower centre of mass is taken for this high [m] */

/*
 * How far the DCM is from the nearest sole. Steps of at most l every T seconds cannot bring back a DCM that is further
 * than l / (exp(w T) - 1) beyond the foot (infinite-step capture region: Koolen et al., IJRR 31(9), 2012).
 */
static double capture_distance(const balance_controller *c)
{
    const rigid_body_frame *foot[WHOLE_BODY_FEET];
    double floor = INFINITY, nearest = INFINITY;
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        foot[k] = &c->body.frame[c->layout.foot_frame[k]];
        floor = fmin(floor, foot[k]->position[2]);
    }
    double delay = sqrt(fmax(c->body.com[2] - floor, LOWEST_PENDULUM) / RIGID_BODY_GRAVITY);
    for (int k = 0; k < WHOLE_BODY_FEET; k++)
        nearest = fmin(nearest, hypot(c->body.com[0] + delay * c->body.com_velocity[0] - foot[k]->position[0],
                                      c->body.com[1] + delay * c->body.com_velocity[1] - foot[k]->position[1]));
    return nearest;
}

/* Centre of pressure of both soles from their sensors, NaN without load. */
static void measure_pressure(const balance_controller *c, const tick_input *in, double out[2])
{
    const balance_description *d = &c->description;
    double load = 0.0, moment[2] = {0.0, 0.0};
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        const rigid_body_frame *foot = &c->body.frame[c->layout.foot_frame[k]];
        const double *force = in->position + d->sole_force_entry[k], *torque = in->position + d->sole_torque_entry[k];
        double local[3] = {0.0, 0.0, 0.0}, point[3];
        if (force[2] < c->parameters.contact_lift_force)
            continue;
        local[0] = -torque[1] / force[2];
        local[1] = torque[0] / force[2];
        rotate3(foot->rotation, local, point);
        load += force[2];
        for (int i = 0; i < 2; i++)
            moment[i] += force[2] * (foot->position[i] + point[i]);
    }
    for (int i = 0; i < 2; i++)
        out[i] = load > 0.0 ? moment[i] / load : NAN;
}

void tick_report_state(balance_controller *c, const tick_input *in)
{
    balance_report *r = &c->report;
    memcpy(r->base_position, c->q, sizeof r->base_position);
    memcpy(r->base_quaternion, c->q + 3, sizeof r->base_quaternion);
    memcpy(r->base_velocity, c->v, sizeof r->base_velocity);
    memcpy(r->base_angular_velocity, c->v + 3, sizeof r->base_angular_velocity);
    memcpy(r->gyro_bias, c->estimate.gyro_bias, sizeof r->gyro_bias);
    memcpy(r->com, c->body.com, sizeof r->com);
    memcpy(r->com_velocity, c->body.com_velocity, sizeof r->com_velocity);
    r->capture_distance = capture_distance(c);
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        const rigid_body_frame *foot = &c->body.frame[c->layout.foot_frame[k]];
        r->foot_standing[k] = c->estimate.foot[k].standing;
        r->foot_force[k] = in->position[c->description.sole_force_entry[k] + 2];
        r->foot_yaw[k] = yaw_of(foot->rotation);
        memcpy(r->foot_position[k], foot->position, sizeof r->foot_position[k]);
    }
}

void tick_report_command(balance_controller *c, const tick_input *in)
{
    balance_report *r = &c->report;
    const standing *s = &c->stand;
    r->reference_source = c->reference.source;
    r->reference_age = c->reference.source == REFERENCE_NONE ? 0.0 : (double)(in->stamp - c->reference.stamp) * 1e-9;
    memcpy(r->dcm, s->dcm, sizeof r->dcm);
    memcpy(r->dcm_reference, s->dcm_reference, sizeof r->dcm_reference);
    r->dcm_margin = s->dcm_margin;
    memcpy(r->cop_target, s->cop_target, sizeof r->cop_target);
    memcpy(r->stance_position, s->stance_position, sizeof r->stance_position);
    r->stance_yaw = s->stance_yaw;
    r->polygon_count = s->polygon.count;
    memcpy(r->polygon, s->polygon.point, sizeof r->polygon);
    double nearest[2];
    measure_pressure(c, in, r->cop);
    r->cop_margin = r->cop[0] * 0.0 == 0.0 ? support_nearest(&s->polygon, r->cop, nearest) : NAN;
    memcpy(r->wrench, c->result.wrench, sizeof r->wrench);
    r->relaxed += c->result.relaxed;
    r->iterations = c->result.iterations;
    for (int h = 0; h < WHOLE_BODY_HANDS; h++) {
        r->hand_position_error[h] = s->hand[h].position_error;
        r->hand_rotation_error[h] = s->hand[h].rotation_error;
        memcpy(r->wrist_contact_force[h], s->hand[h].contact_force, sizeof r->wrist_contact_force[h]);
    }
    balance_report_gait(c);
}
