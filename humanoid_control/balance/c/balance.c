/* SPDX-License-Identifier: Apache-2.0 */
#include "controller.h"

#include "spatial.h"

size_t balance_controller_size(void)
{
    return sizeof(balance_controller);
}

size_t balance_description_size(void)
{
    return sizeof(balance_description);
}

size_t balance_report_size(void)
{
    return sizeof(balance_report);
}

const balance_report *balance_get_report(const balance_controller *c)
{
    return &c->report;
}

const dense_qp_problem *balance_problem(const balance_controller *c, const double **solution)
{
    *solution = c->work.solution;
    return &c->work.problem;
}

const whole_body_tasks *balance_tasks(const balance_controller *c)
{
    return &c->tasks;
}

void balance_state(const balance_controller *c, double *q, double *v, double *acceleration, double *torque)
{
    memcpy(q, c->q, (7 + c->model.joints) * sizeof(double));
    memcpy(v, c->v, c->model.dof * sizeof(double));
    memcpy(acceleration, c->result.acceleration, c->model.dof * sizeof(double));
    memcpy(torque, c->result.torque, c->model.joints * sizeof(double));
}

const char *balance_reason(int reason)
{
    switch (reason) {
    case BALANCE_REASON_NONE: return "none";
    case BALANCE_REASON_NOT_ACTIVE: return "not active";
    case BALANCE_REASON_BAD_STATE: return "low_state makes no sense";
    case BALANCE_REASON_STAMP: return "the stamp of low_state did not increase";
    case BALANCE_REASON_GAP: return "low_state was missing";
    case BALANCE_REASON_NO_CONTACT: return "neither foot touches the floor";
    case BALANCE_REASON_TILTED: return "the pelvis is tilted too far";
    case BALANCE_REASON_LOW: return "the centre of mass is too low";
    case BALANCE_REASON_JUMP: return "a joint jumped";
    case BALANCE_REASON_FALLING: return "a fall is predicted, the mass runs out of reach of any step";
    case BALANCE_REASON_POWER_OFF: return "switched off by the safety supervisor";
    case BALANCE_REASON_COMMAND: return "the computed command is not finite";
    case BALANCE_REASON_SOLVER + DENSE_QP_NOT_POSITIVE_DEFINITE: return "balance QP: not positive definite";
    case BALANCE_REASON_SOLVER + DENSE_QP_INFEASIBLE: return "balance QP: infeasible";
    case BALANCE_REASON_SOLVER + DENSE_QP_ITERATION_LIMIT: return "balance QP: iteration limit";
    case BALANCE_REASON_SOLVER + DENSE_QP_BAD_INPUT: return "balance QP: an input is not finite";
    case BALANCE_REASON_SOLVER + WHOLE_BODY_SINGULAR: return "a leg is stretched to its singularity";
    default: return "unknown";
    }
}

static int fill_layout(balance_controller *c, const balance_description *d)
{
    whole_body_layout *layout = &c->layout;
    int used[RIGID_BODY_MAX_JOINTS] = {0}, n = d->joints, frame;
    memset(layout, 0, sizeof *layout);
    if (d->free_count < 0 || d->free_count > WHOLE_BODY_MAX_FREE || d->waist_count < 0 || d->waist_count > d->free_count)
        return BALANCE_BAD_LAYOUT;
    for (int i = 0; i < WHOLE_BODY_FEET * WHOLE_BODY_LEG_JOINTS + d->free_count; i++) {
        int legs = WHOLE_BODY_FEET * WHOLE_BODY_LEG_JOINTS, joint = i < legs ? d->leg[0][i] : d->free_joint[i - legs];
        if (joint < 0 || joint >= n || used[joint]++)
            return BALANCE_BAD_LAYOUT;
    }
    memcpy(layout->leg, d->leg, sizeof layout->leg);
    memcpy(layout->free_joint, d->free_joint, sizeof layout->free_joint);
    layout->free_count = d->free_count;
    layout->waist_count = d->waist_count;
    for (int j = 0; j < n; j++)
        if (!used[j])
            layout->other_joint[layout->other_count++] = j;
    memcpy(layout->lower, d->lower, sizeof layout->lower);
    memcpy(layout->upper, d->upper, sizeof layout->upper);
    memcpy(layout->effort_limit, d->effort_limit, sizeof layout->effort_limit);
    layout->sole_half_length = d->sole_half_length;
    layout->sole_half_width = d->sole_half_width;
    layout->hands = WHOLE_BODY_HANDS;
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        if ((frame = rigid_body_add_frame(&c->model, d->sole_body[k], d->sole_placement[k])) < 0)
            return BALANCE_BAD_LAYOUT;
        layout->foot_frame[k] = c->sensors.foot_frame[k] = frame;
    }
    for (int h = 0; h < WHOLE_BODY_HANDS; h++) {
        if ((frame = rigid_body_add_frame(&c->model, d->hand_body[h], d->hand_placement[h])) < 0)
            return BALANCE_BAD_LAYOUT;
        layout->hand_frame[h] = frame;
        if ((frame = rigid_body_add_frame(&c->model, d->wrist_body[h], d->wrist_placement[h])) < 0)
            return BALANCE_BAD_LAYOUT;
        c->wrist_frame[h] = frame;
    }
    if ((frame = rigid_body_add_frame(&c->model, d->torso_body, d->torso_placement)) < 0)
        return BALANCE_BAD_LAYOUT;
    layout->torso_frame = frame;
    return BALANCE_OK;
}

static int entries_are_good(const balance_description *d)
{
    if (d->state_entries > BALANCE_MAX_ENTRIES || d->command_entries > d->state_entries)
        return 0;
    for (int j = 0; j < d->joints; j++)
        if (d->joint_entry[j] < 0 || d->joint_entry[j] >= d->command_entries)
            return 0;
    const int triples[] = {d->gyro_entry, d->acceleration_entry, d->sole_force_entry[0], d->sole_force_entry[1],
                           d->sole_torque_entry[0], d->sole_torque_entry[1], d->wrist_force_entry[0],
                           d->wrist_force_entry[1]};
    for (size_t i = 0; i < sizeof triples / sizeof triples[0]; i++)
        if (triples[i] < 0 || triples[i] + 3 > d->state_entries)
            return 0;
    for (int h = 0; h < WHOLE_BODY_HANDS; h++)
        if (d->gripper_entry[h] < 0 || d->gripper_entry[h] >= d->command_entries)
            return 0;
    return 1;
}

int balance_init(balance_controller *c, const balance_description *d)
{
    memset(c, 0, sizeof *c);
    c->description = *d;
    if (rigid_body_model_init(&c->model, d->joints, d->parent, d->placement[0], d->axis[0], d->inertia[0],
                              d->armature) != RIGID_BODY_OK)
        return BALANCE_BAD_MODEL;
    int code = fill_layout(c, d);
    if (code != BALANCE_OK)
        return code;
    if (!entries_are_good(d))
        return BALANCE_BAD_LAYOUT;
    memcpy(c->sensors.imu_rotation, d->imu_placement, sizeof c->sensors.imu_rotation);
    memcpy(c->sensors.imu_position, d->imu_placement + 9, sizeof c->sensors.imu_position);
    whole_body_init(&c->work);
    stopping_init(&c->stop);
    c->report.mode = BALANCE_DAMPING;
    c->report.reason = BALANCE_REASON_NOT_ACTIVE;
    return BALANCE_OK;
}

int balance_set_parameters(balance_controller *c, const double *values, int count)
{
    if (count != balance_parameter_count())
        return BALANCE_BAD_PARAMETER;
    for (int i = 0; i < count; i++) {
        const balance_parameter_entry *entry = balance_parameter(i);
        if (!(values[i] >= entry->minimum && values[i] <= entry->maximum))
            return BALANCE_BAD_PARAMETER;
    }
    memcpy(&c->parameters, values, sizeof c->parameters);
    c->configured = 1;
    return BALANCE_OK;
}

void balance_activate(balance_controller *c)
{
    c->active = c->configured;
    c->started = c->recovering = c->seen = c->failing = 0;
    c->airborne = c->falling = c->fallen = 0.0;
    estimator_reset(&c->estimate);
    memset(&c->stand, 0, sizeof c->stand);
    memset(&c->reference, 0, sizeof c->reference);
    c->stop.lowered = 0;
    int stance_count = c->report.stance_count;
    memset(&c->report, 0, sizeof c->report);
    c->report.stance_count = stance_count;
    c->report.mode = BALANCE_DAMPING;
    c->report.reason = c->active ? BALANCE_REASON_NONE : BALANCE_REASON_NOT_ACTIVE;
}

void balance_deactivate(balance_controller *c)
{
    balance_activate(c);
    c->active = 0;
    c->report.reason = BALANCE_REASON_NOT_ACTIVE;
}

void balance_set_stop(balance_controller *c, int category)
{
    int before = c->stop.category;
    c->stop.category = category;
    if (category < STOP_NONE) {
        const walk_footstep none = {0};
        c->walk.commanded = 0;
        walk_follow(&c->walk.gait, &none, 0);
    }
    if (before == STOP_POWER_OFF && category != STOP_POWER_OFF && c->active)
        balance_activate(c);
}

int balance_set_reference(balance_controller *c, int64_t stamp, const double *position, const double *velocity)
{
    double joint[RIGID_BODY_MAX_JOINTS], rate[RIGID_BODY_MAX_JOINTS];
    const balance_description *d = &c->description;
    if (!c->started)
        return BALANCE_BAD_REFERENCE;
    for (int i = 0; i < d->command_entries; i++)
        if (!(fabs(position[i]) < BALANCE_LARGEST_ANGLE && fabs(velocity[i]) < BALANCE_LARGEST_RATE))
            return BALANCE_BAD_REFERENCE;
    for (int j = 0; j < c->model.joints; j++) {
        joint[j] = position[d->joint_entry[j]];
        rate[j] = velocity[d->joint_entry[j]];
    }
    if (!reference_receive(&c->reference, &c->model, &c->layout, &c->parameters, stamp, joint, rate))
        return BALANCE_OLD_REFERENCE;
    for (int h = 0; h < WHOLE_BODY_HANDS; h++)
        c->gripper_target[h] = position[d->gripper_entry[h]];
    return BALANCE_OK;
}
