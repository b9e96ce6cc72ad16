/* SPDX-License-Identifier: Apache-2.0 */
#include "whole_body.h"

#include "spatial.h"

/* Keeps the Hessian positive definite whatever the weights. */
static const double RIDGE = 1e-6;
static const int MAX_ITERATIONS = 200;

void whole_body_init(whole_body_work *work)
{
    memset(work, 0, sizeof *work);
    dense_qp_workspace_init(&work->qp, work->qp_memory, WHOLE_BODY_MAX_VARIABLES, WHOLE_BODY_MAX_ROWS);
}

/* A new row of the cost weight (row x - target)^2, cleared. */
INLINE double *new_cost(whole_body_work *w, double target, double weight)
{
    double *row = w->cost[w->costs];
    memset(row, 0, width_of(w->variables) * sizeof(double));
    w->cost_target[w->costs] = target;
    w->cost_weight[w->costs++] = weight;
    return row;
}

/* Hessian (lower triangle, up to the end of a vector) and gradient of all costs, four rows at a time. */
INLINE void sum_costs(whole_body_work *w)
{
    while (w->costs % 4)
        new_cost(w, 0.0, 0.0);
    for (int first = 0; first < w->costs; first += 4) {
        const double *row = w->cost[first], *weight = w->cost_weight + first;
        double scale[4];
        for (int k = 0; k < 4; k++)
            scale[k] = -weight[k] * w->cost_target[first + k];
        combine(scale, row, WHOLE_BODY_MAX_VARIABLES, 4, w->gradient, width_of(w->variables));
        for (int i = 0; i < w->variables; i++) {
            for (int k = 0; k < 4; k++)
                scale[k] = weight[k] * row[k * WHOLE_BODY_MAX_VARIABLES + i];
            if (scale[0] != 0.0 || scale[1] != 0.0 || scale[2] != 0.0 || scale[3] != 0.0)
                combine(scale, row, WHOLE_BODY_MAX_VARIABLES, 4, w->hessian[i], width_of(i + 1));
        }
    }
}

/*
 * Cost on jacobian qdd = target, where jacobian is over all degrees of freedom and target has the drift subtracted.
 * legs: whether the row reaches the legs.
 */
INLINE void add_task(whole_body_work *w, const whole_body_layout *layout, const whole_body_tasks *tasks,
                     const double *jacobian, double target, double weight, int legs)
{
    double *row = new_cost(w, 0.0, weight);
    memcpy(row, jacobian, 6 * sizeof(double));
    for (int j = 0; j < layout->free_count; j++)
        row[6 + j] = jacobian[6 + layout->free_joint[j]];
    for (int j = 0; j < layout->other_count; j++)
        target -= jacobian[6 + layout->other_joint[j]] * tasks->joint[layout->other_joint[j]];
    if (legs)
        for (int k = 0; k < WHOLE_BODY_FEET; k++)
            for (int i = 0; i < 6; i++) {
                double entry = jacobian[6 + layout->leg[k][i]];
                add_scaled(entry, w->leg_map[k] + 6 * i, row, 6);
                target -= entry * w->leg_offset[k][i];
                if (w->swing_column[k] >= 0)
                    add_scaled(entry, w->leg_inverse[k] + 6 * i, row + w->swing_column[k], 6);
            }
    w->cost_target[w->costs - 1] = target;
}

INLINE void add_motion_tasks(whole_body_work *w, const whole_body_layout *layout, const balance_parameters *p,
                             const rigid_body_model *model, const rigid_body_state *state, const whole_body_tasks *tasks)
{
    double mass = model->total_mass;
    const double *torso_drift = state->frame[layout->torso_frame].drift;
    for (int i = 0; i < 3; i++) {
        /* momentum rows are forces: weight / mass^2 makes them accelerations */
        add_task(w, layout, tasks, state->momentum_matrix[i], mass * tasks->com[i] - state->momentum_drift[i],
                 p->weight_com / (mass * mass), 1);
        add_task(w, layout, tasks, state->momentum_matrix[3 + i], tasks->momentum[i] - state->momentum_drift[3 + i],
                 p->weight_momentum, 1);
        /* base angular velocity is the base's own columns in base axes; its drift is zero */
        double pelvis[RIGID_BODY_MAX_DOF] = {0};
        memcpy(pelvis + 3, state->rotation[0] + 3 * i, 3 * sizeof(double));
        add_task(w, layout, tasks, pelvis, tasks->pelvis[i], p->weight_pelvis, 0);
    }
    rigid_body_jacobian(model, state, layout->torso_frame, w->jacobian);
    for (int i = 0; i < 3; i++)
        add_task(w, layout, tasks, w->jacobian[3 + i], tasks->torso[i] - torso_drift[3 + i], p->weight_torso, 0);
    for (int h = 0; h < layout->hands; h++) {
        const double *drift = state->frame[layout->hand_frame[h]].drift;
        rigid_body_jacobian(model, state, layout->hand_frame[h], w->jacobian);
        for (int i = 0; i < 6; i++)
            add_task(w, layout, tasks, w->jacobian[i], tasks->hand[h][i] - drift[i],
                     i < 3 ? p->weight_hand_position : p->weight_hand_rotation, 0);
    }
}

/* Posture, small leg accelerations, swing corrections and small wrenches. */
INLINE void add_regularisation(whole_body_work *w, const whole_body_layout *layout, const balance_parameters *p,
                               const whole_body_tasks *tasks)
{
    const double force[6] = {p->weight_tangential_force, p->weight_tangential_force, p->weight_normal_force,
                             p->weight_roll_moment, p->weight_pitch_moment, p->weight_yaw_moment};
    for (int i = 0; i < w->variables; i++)
        w->hessian[i][i] += i < w->accelerations ? RIDGE : 0.0;
    for (int j = 0; j < layout->free_count; j++) {
        double weight = j < layout->waist_count ? p->weight_waist_posture : p->weight_arm_posture;
        w->hessian[6 + j][6 + j] += weight;
        w->gradient[6 + j] -= weight * tasks->joint[layout->free_joint[j]];
    }
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        for (int i = 0; i < 6; i++) {
            double *row = new_cost(w, -w->leg_offset[k][i], p->weight_leg_acceleration);
            memcpy(row, w->leg_map[k] + 6 * i, 6 * sizeof(double));
            if (w->swing_column[k] >= 0)
                memcpy(row + w->swing_column[k], w->leg_inverse[k] + 6 * i, 6 * sizeof(double));
            if (w->swing_column[k] >= 0)
                w->hessian[w->swing_column[k] + i][w->swing_column[k] + i] += p->weight_swing;
            if (w->wrench_column[k] >= 0)
                w->hessian[w->wrench_column[k] + i][w->wrench_column[k] + i] += force[i];
        }
    }
    for (int i = 0; i < 6; i++)
        memcpy(new_cost(w, -w->wrench_offset[i], force[i]), w->wrench[i], w->variables * sizeof(double));
}

/* A new inequality row, cleared. */
INLINE double *new_row(whole_body_work *w, double lower, double upper)
{
    double *row = w->row[w->rows];
    memset(row, 0, w->variables * sizeof(double));
    w->lower[w->rows] = lower;
    w->upper[w->rows++] = upper;
    return row;
}

/* row += scale (component i of the wrench of foot k); returns scale times its offset. */
INLINE double add_wrench(const whole_body_work *w, int k, int i, double scale, double *row)
{
    if (w->wrench_column[k] >= 0) {
        row[w->wrench_column[k] + i] += scale;
        return 0.0;
    }
    add_scaled(scale, w->wrench[i], row, w->variables);
    return scale * w->wrench_offset[i];
}

INLINE void add_contact_rows(whole_body_work *w, const whole_body_layout *layout, const balance_parameters *p,
                             const whole_body_tasks *tasks)
{
    const double friction = p->contact_friction * M_SQRT1_2; /* pyramid inside the cone */
    const double reach_x = fmax(layout->sole_half_length - p->contact_edge_margin, 1e-3);
    const double reach_y = fmax(layout->sole_half_width - p->contact_edge_margin, 1e-3);
    const int component[5] = {0, 1, 3, 4, 5};
    const double ratio[5] = {friction, friction, reach_y, reach_x, friction * p->contact_twist_radius};
    for (int c = 0; c < w->contact_count; c++) {
        int k = w->contact[c];
        for (int a = 0; a < 5; a++)
            for (double sign = 1.0; sign >= -1.0; sign -= 2.0) {
                double *row = new_row(w, -INFINITY, 0.0);
                double offset = add_wrench(w, k, component[a], sign, row) + add_wrench(w, k, 2, -ratio[a], row);
                w->upper[w->rows - 1] = -offset;
            }
        double *row = new_row(w, 0.0, 0.0);
        double offset = add_wrench(w, k, 2, 1.0, row);
        w->lower[w->rows - 1] = p->contact_minimum_force - offset;
        w->upper[w->rows - 1] = fmax(tasks->maximum_force[k], 2.0 * p->contact_minimum_force) - offset;
    }
}

INLINE void add_torque_row(whole_body_work *w, const whole_body_layout *layout, const balance_parameters *p, int joint)
{
    double limit = p->limit_torque_share * layout->effort_limit[joint], offset = w->torque_offset[6 + joint];
    memcpy(new_row(w, -limit - offset, limit - offset), w->torque[6 + joint], w->variables * sizeof(double));
}

/* Bounds of a joint's acceleration that keep it from its position limits (a critically damped approach). */
INLINE void position_bounds(const balance_parameters *p, double lower, double upper, double angle, double rate,
                            double *least, double *most)
{
    double a = p->limit_approach_rate, cap = p->limit_acceleration;
    *least = fmin(-2.0 * a * rate - a * a * (angle - lower), cap);
    *most = fmax(-2.0 * a * rate + a * a * (upper - angle), -cap);
}

INLINE void add_joint_rows(whole_body_work *w, const whole_body_layout *layout, const balance_parameters *p,
                           const double *joint_angle, const double *joint_velocity)
{
    double least, most;
    for (int k = 0; k < WHOLE_BODY_FEET; k++)
        for (int i = 0; i < WHOLE_BODY_LEG_JOINTS; i++) {
            int joint = layout->leg[k][i];
            double lower = layout->lower[joint] + p->limit_position_margin;
            double upper = layout->upper[joint] - p->limit_position_margin;
            if (i == WHOLE_BODY_KNEE && fabs(layout->lower[joint]) < fabs(layout->upper[joint]))
                lower = fmax(lower, p->limit_knee_minimum);
            else if (i == WHOLE_BODY_KNEE)
                upper = fmin(upper, -p->limit_knee_minimum);
            add_torque_row(w, layout, p, joint);
            position_bounds(p, lower, upper, joint_angle[joint], joint_velocity[joint], &least, &most);
            double *row = new_row(w, least - w->leg_offset[k][i], most - w->leg_offset[k][i]);
            memcpy(row, w->leg_map[k] + 6 * i, 6 * sizeof(double));
            if (w->swing_column[k] >= 0)
                memcpy(row + w->swing_column[k], w->leg_inverse[k] + 6 * i, 6 * sizeof(double));
        }
    for (int j = 0; j < layout->free_count; j++) {
        int joint = layout->free_joint[j];
        add_torque_row(w, layout, p, joint);
        position_bounds(p, layout->lower[joint] + p->limit_position_margin,
                        layout->upper[joint] - p->limit_position_margin, joint_angle[joint], joint_velocity[joint],
                        &least, &most);
        new_row(w, least, most)[6 + j] = 1.0;
    }
}

/* value = row x + offset */
INLINE double evaluate(const whole_body_work *w, const double *row, double offset)
{
    for (int i = 0; i < w->variables; i++)
        offset += row[i] * w->solution[i];
    return offset;
}

INLINE void recover(const whole_body_work *w, const whole_body_layout *layout, const whole_body_tasks *tasks, int joints,
                    whole_body_result *out)
{
    memcpy(out->acceleration, w->solution, 6 * sizeof(double));
    for (int j = 0; j < layout->free_count; j++)
        out->acceleration[6 + layout->free_joint[j]] = w->solution[6 + j];
    for (int j = 0; j < layout->other_count; j++)
        out->acceleration[6 + layout->other_joint[j]] = tasks->joint[layout->other_joint[j]];
    for (int k = 0; k < WHOLE_BODY_FEET; k++)
        for (int i = 0; i < 6; i++) {
            double sum = w->leg_offset[k][i];
            for (int j = 0; j < 6; j++) {
                sum += w->leg_map[k][6 * i + j] * w->solution[j];
                if (w->swing_column[k] >= 0)
                    sum += w->leg_inverse[k][6 * i + j] * w->solution[w->swing_column[k] + j];
            }
            out->acceleration[6 + layout->leg[k][i]] = sum;
            out->wrench[k][i] = 0.0;
            if (w->wrench_column[k] >= 0)
                out->wrench[k][i] = w->solution[w->wrench_column[k] + i];
            else if (k == w->contact[0])
                out->wrench[k][i] = evaluate(w, w->wrench[i], w->wrench_offset[i]);
        }
    for (int j = 0; j < joints; j++) {
        double torque = evaluate(w, w->torque[6 + j], w->torque_offset[6 + j]);
        out->torque[j] = clamp(torque, -layout->effort_limit[j], layout->effort_limit[j]);
    }
}

VECTOR_CLONES
int whole_body_solve(whole_body_work *w, const whole_body_layout *layout, const balance_parameters *p,
                     const rigid_body_model *model, const rigid_body_state *state, const whole_body_tasks *tasks,
                     const double *joint_angle, const double *joint_velocity, whole_body_result *out)
{
    int code = whole_body_reduce(w, layout, model, state, tasks);
    if (code != WHOLE_BODY_OK)
        return code;
    for (int i = 0; i < w->variables; i++) {
        memset(w->hessian[i], 0, width_of(i + 1) * sizeof(double));
        w->gradient[i] = 0.0;
    }
    w->costs = 0;
    add_motion_tasks(w, layout, p, model, state, tasks);
    add_regularisation(w, layout, p, tasks);
    sum_costs(w);
    w->rows = 0;
    add_contact_rows(w, layout, p, tasks);
    w->contact_rows = w->rows;
    add_joint_rows(w, layout, p, joint_angle, joint_velocity);
    w->problem = (dense_qp_problem){.variables = w->variables, .inequalities = w->rows,
                                    .stride = WHOLE_BODY_MAX_VARIABLES, .hessian = w->hessian[0],
                                    .gradient = w->gradient, .inequality_matrix = w->row[0],
                                    .lower = w->lower, .upper = w->upper};
    dense_qp_solution solution = {.x = w->solution};
    code = dense_qp_solve(&w->qp, &w->problem, MAX_ITERATIONS, &solution);
    int relaxed = code == DENSE_QP_INFEASIBLE || code == DENSE_QP_ITERATION_LIMIT;
    if (relaxed) {
        w->problem.inequalities = w->contact_rows;
        code = dense_qp_solve(&w->qp, &w->problem, MAX_ITERATIONS, &solution);
    }
    if (code != DENSE_QP_OK)
        return code;
    recover(w, layout, tasks, model->joints, out);
    out->iterations = solution.iterations;
    out->relaxed = relaxed;
    return WHOLE_BODY_OK;
}
