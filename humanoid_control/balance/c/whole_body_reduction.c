/* SPDX-License-Identifier: Apache-2.0 */
#include "spatial.h"
#include "whole_body.h"

/* Smallest pivot of a leg Jacobian [m], relative to its largest entry, that still counts as invertible. */
static const double SINGULAR_PIVOT = 1e-4;

/* out = A^-1 (6 x 6) by Gauss-Jordan elimination with partial pivoting; 0 when A is nearly singular. */
static int invert6(const double *a, double *out)
{
    double work[6][12], largest = 0.0;
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            work[i][j] = a[6 * i + j];
            work[i][6 + j] = i == j;
            largest = fmax(largest, fabs(a[6 * i + j]));
        }
    for (int c = 0; c < 6; c++) {
        int pivot = c;
        for (int i = c + 1; i < 6; i++)
            if (fabs(work[i][c]) > fabs(work[pivot][c]))
                pivot = i;
        if (!(fabs(work[pivot][c]) > SINGULAR_PIVOT * largest))
            return 0;
        if (pivot != c)
            for (int j = 0; j < 12; j++) {
                double swap = work[c][j];
                work[c][j] = work[pivot][j];
                work[pivot][j] = swap;
            }
        double scale = 1.0 / work[c][c];
        for (int j = c; j < 12; j++)
            work[c][j] *= scale;
        for (int i = 0; i < 6; i++)
            if (i != c) {
                double factor = work[i][c];
                for (int j = c; j < 12; j++)
                    work[i][j] -= factor * work[c][j];
            }
    }
    for (int i = 0; i < 6; i++)
        memcpy(out + 6 * i, work[i] + 6, 6 * sizeof(double));
    return 1;
}

/* out (6 x 6) = scale A B */
INLINE void multiply6(double scale, const double *a, const double *b, double *out)
{
    for (int i = 0; i < 6; i++) {
        double row[6] = {0};
        for (int k = 0; k < 6; k++)
            for (int j = 0; j < 6; j++)
                row[j] += a[6 * i + k] * b[6 * k + j];
        for (int j = 0; j < 6; j++)
            out[6 * i + j] = scale * row[j];
    }
}

/* Leg accelerations from base and foot acceleration: leg = leg_map base + leg_inverse (correction) + leg_offset. */
INLINE int eliminate_leg(whole_body_work *w, const whole_body_layout *layout, const rigid_body_model *model,
                         const rigid_body_state *state, const whole_body_tasks *tasks, int k)
{
    double leg[36], base[36], wanted[6];
    const rigid_body_frame *foot = &state->frame[layout->foot_frame[k]];
    rigid_body_jacobian(model, state, layout->foot_frame[k], w->jacobian);
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            leg[6 * i + j] = w->jacobian[i][6 + layout->leg[k][j]];
            base[6 * i + j] = w->jacobian[i][j];
        }
        wanted[i] = tasks->foot[k][i] - foot->drift[i];
    }
    if (!invert6(leg, w->leg_inverse[k]))
        return WHOLE_BODY_SINGULAR;
    multiply6(-1.0, w->leg_inverse[k], base, w->leg_map[k]);
    for (int i = 0; i < 6; i++) {
        double sum = 0.0;
        for (int j = 0; j < 6; j++)
            sum += w->leg_inverse[k][6 * i + j] * wanted[j];
        w->leg_offset[k][i] = sum;
        for (int j = 0; j < 3; j++) {
            double force = 0.0, moment = 0.0;
            for (int a = 0; a < 3; a++) {
                force += leg[6 * a + i] * foot->rotation[3 * a + j];
                moment += leg[6 * (3 + a) + i] * foot->rotation[3 * a + j];
            }
            w->foot_transpose[k][6 * i + j] = force;
            w->foot_transpose[k][6 * i + 3 + j] = moment;
        }
    }
    return WHOLE_BODY_OK;
}

/* Row of M P for one degree of freedom, and its offset M p + bias. */
INLINE void dynamics_row(whole_body_work *w, const whole_body_layout *layout, const rigid_body_state *state,
                         const whole_body_tasks *tasks, int dof, int first_leg, int last_leg)
{
    const double *mass = state->mass_matrix[dof];
    double *row = w->torque[dof], offset = state->bias[dof];
    memset(row, 0, w->variables * sizeof(double));
    memcpy(row, mass, 6 * sizeof(double));
    for (int j = 0; j < layout->free_count; j++)
        row[6 + j] = mass[6 + layout->free_joint[j]];
    for (int j = 0; j < layout->other_count; j++)
        offset += mass[6 + layout->other_joint[j]] * tasks->joint[layout->other_joint[j]];
    for (int k = first_leg; k < last_leg; k++)
        for (int i = 0; i < 6; i++) {
            double m = mass[6 + layout->leg[k][i]];
            add_scaled(m, w->leg_map[k] + 6 * i, row, 6);
            offset += m * w->leg_offset[k][i];
            if (w->swing_column[k] >= 0)
                add_scaled(m, w->leg_inverse[k] + 6 * i, row + w->swing_column[k], 6);
        }
    w->torque_offset[dof] = offset;
}

/* The map from a sole wrench to the force on the base in base axes, or its inverse (6 x 6). */
INLINE void base_wrench(const rigid_body_state *state, int frame, int inverse, double *out)
{
    const rigid_body_frame *foot = &state->frame[frame];
    double turn[9], cross[9], block[9], r[3];
    rotate_back3(state->rotation[0], foot->offset, r);
    multiply_transposed3(state->rotation[0], foot->rotation, turn); /* base axes <- sole axes */
    const double skew[9] = {0, -r[2], r[1], r[2], 0, -r[0], -r[1], r[0], 0};
    multiply3(skew, turn, cross);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            /* inverse: turn' and -turn' skew = (skew turn)' */
            block[3 * i + j] = inverse ? turn[3 * j + i] : turn[3 * i + j];
            out[6 * i + j] = out[6 * (3 + i) + 3 + j] = block[3 * i + j];
            out[6 * i + 3 + j] = 0.0;
            out[6 * (3 + i) + j] = inverse ? cross[3 * j + i] : cross[3 * i + j];
        }
}

/* The first contact's wrench balances the base; torque rows of its leg get it. */
INLINE void eliminate_wrench(whole_body_work *w, const whole_body_layout *layout, const rigid_body_state *state)
{
    int n = w->variables, first = w->contact[0];
    double inverse[36], forward[36], product[36];
    base_wrench(state, layout->foot_frame[first], 1, inverse);
    for (int i = 0; i < 6; i++) {
        double *row = w->wrench[i];
        memset(row, 0, n * sizeof(double));
        w->wrench_offset[i] = 0.0;
        for (int k = 0; k < 6; k++) {
            add_scaled(inverse[6 * i + k], w->torque[k], row, n);
            w->wrench_offset[i] += inverse[6 * i + k] * w->torque_offset[k];
        }
    }
    if (w->contact_count == 2) {
        int second = w->contact[1], column = w->wrench_column[second];
        base_wrench(state, layout->foot_frame[second], 0, forward);
        multiply6(-1.0, inverse, forward, product);
        for (int i = 0; i < 6; i++) {
            memcpy(w->wrench[i] + column, product + 6 * i, 6 * sizeof(double));
            add_scaled(-1.0, w->foot_transpose[second] + 6 * i, w->torque[6 + layout->leg[second][i]] + column, 6);
        }
    }
    for (int i = 0; i < 6; i++) {
        int dof = 6 + layout->leg[first][i];
        for (int k = 0; k < 6; k++) {
            add_scaled(-w->foot_transpose[first][6 * i + k], w->wrench[k], w->torque[dof], n);
            w->torque_offset[dof] -= w->foot_transpose[first][6 * i + k] * w->wrench_offset[k];
        }
    }
}

VECTOR_CLONES
int whole_body_reduce(whole_body_work *w, const whole_body_layout *layout, const rigid_body_model *model,
                      const rigid_body_state *state, const whole_body_tasks *tasks)
{
    w->contact_count = 0;
    w->accelerations = 6 + layout->free_count;
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        int swings = tasks->foot_mode[k] == WHOLE_BODY_SWING;
        w->swing_column[k] = swings ? w->accelerations : -1;
        w->wrench_column[k] = -1;
        if (swings)
            w->accelerations += 6;
        else
            w->contact[w->contact_count++] = k;
    }
    if (w->contact_count == 0)
        return WHOLE_BODY_NO_CONTACT;
    w->variables = w->accelerations;
    if (w->contact_count == 2) {
        w->wrench_column[w->contact[1]] = w->variables;
        w->variables += 6;
    }
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        int code = eliminate_leg(w, layout, model, state, tasks, k);
        if (code != WHOLE_BODY_OK)
            return code;
    }
    for (int i = 0; i < 6; i++)
        dynamics_row(w, layout, state, tasks, i, 0, WHOLE_BODY_FEET);
    for (int k = 0; k < WHOLE_BODY_FEET; k++)
        for (int i = 0; i < 6; i++)
            dynamics_row(w, layout, state, tasks, 6 + layout->leg[k][i], k, k + 1);
    for (int j = 0; j < layout->free_count; j++) /* legs are no part of these branches */
        dynamics_row(w, layout, state, tasks, 6 + layout->free_joint[j], 0, 0);
    for (int j = 0; j < layout->other_count; j++)
        dynamics_row(w, layout, state, tasks, 6 + layout->other_joint[j], 0, 0);
    eliminate_wrench(w, layout, state);
    return WHOLE_BODY_OK;
}
