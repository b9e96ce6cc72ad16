/* SPDX-License-Identifier: Apache-2.0 */
#include "dense_qp.h"

#include "dense_rows.h"

#include <math.h>
#include <string.h>

/* A normal whose part outside the span of the active ones is this small (relative) depends on them. */
static const double DEPENDENCE_TOLERANCE = 1e-11;
/* Distance from a bound, in units of the row's norm and of the size of x, that counts as a violation. */
static const double FEASIBILITY_TOLERANCE = 1e-10;
/* Component of the dual direction below which an active constraint does not limit the step. */
static const double DUAL_TOLERANCE = 1e-13;

/* Zero for finite entries, NaN otherwise. */
INLINE double finite_residue(const double *a, int n)
{
    vector4 lanes = {0.0, 0.0, 0.0, 0.0};
    int i = 0;
    for (; i + 4 <= n; i += 4)
        lanes += *(const vector4 *)(a + i) * 0.0;
    double sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    for (; i < n; i++)
        sum += a[i] * 0.0;
    return sum;
}

static size_t padded(int n)
{
    return ((size_t)n + 3) & ~(size_t)3;
}

size_t dense_qp_workspace_doubles(int max_variables, int max_inequalities)
{
    size_t n = padded(max_variables), m = padded(max_inequalities);
    return 3 * (size_t)max_variables * n + 5 * n + m + n + m; /* the last two hold the integer arrays */
}

void dense_qp_workspace_init(dense_qp_workspace *w, double *memory, int max_variables, int max_inequalities)
{
    size_t n = padded(max_variables), m = padded(max_inequalities), square = (size_t)max_variables * n;
    w->max_variables = max_variables;
    w->max_inequalities = max_inequalities;
    w->stride = (int)n;
    w->factor = memory;
    w->directions = w->factor + square;
    w->triangle = w->directions + square;
    w->projection = w->triangle + square;
    w->step = w->projection + n;
    w->dual_step = w->step + n;
    w->reflector = w->dual_step + n;
    w->multiplier = w->reflector + n;
    w->inverse_norm = w->multiplier + n;
    w->active_row = (int *)(w->inverse_norm + m);
    w->row_state = (int *)(w->inverse_norm + m + n);
}

const char *dense_qp_message(int code)
{
    switch (code) {
    case DENSE_QP_OK: return "solved";
    case DENSE_QP_NOT_POSITIVE_DEFINITE: return "the Hessian is not positive definite";
    case DENSE_QP_INFEASIBLE: return "infeasible";
    case DENSE_QP_ITERATION_LIMIT: return "iteration limit";
    case DENSE_QP_BAD_INPUT: return "an input is not finite";
    case DENSE_QP_BAD_SIZE: return "the problem does not fit into the workspace";
    default: return "unknown exit code";
    }
}

/* Whether no input is infinite or NaN, bounds aside; also prepares the inequality rows. */
INLINE int read_inputs(dense_qp_workspace *w, const dense_qp_problem *p)
{
    int n = p->variables;
    double residue = finite_residue(p->gradient, n) + finite_residue(p->equality_target, p->equalities);
    for (int i = 0; i < n; i++)
        residue += finite_residue(p->hessian + (size_t)i * p->stride, i + 1);
    for (int i = 0; i < p->equalities; i++)
        residue += finite_residue(p->equality_matrix + (size_t)i * p->stride, n);
    for (int i = 0; i < p->inequalities; i++) {
        const double *row = p->inequality_matrix + (size_t)i * p->stride;
        double square = dot(row, row, n);
        if (!(square < INFINITY)) /* or large, but finite */
            residue += finite_residue(row, n);
        if (isnan(p->lower[i]) || isnan(p->upper[i]))
            return 0;
        w->inverse_norm[i] = square > 0.0 ? 1.0 / sqrt(square) : 1.0;
        w->row_state[i] = square == 0.0; /* satisfied by every x or by none: never looked at again */
    }
    return residue == 0.0;
}

/*
 * H = U' U, directions = U^-T (the rows of J' for an empty active set), by elimination in H and in a unit matrix beside
 * it. Four rows are finished at a time and then taken off all rows below; rows start at the vector of their diagonal.
 */
INLINE int factorise(dense_qp_workspace *w, const dense_qp_problem *p)
{
    int n = p->variables, width = width_of(n);
    size_t s = w->stride;
    for (int i = 0; i < n; i++) {
        double *row = w->factor + i * s, *direction = w->directions + i * s;
        memset(row, 0, width * sizeof(double));
        memset(direction, 0, width * sizeof(double));
        for (int j = i; j < n; j++)
            row[j] = p->hessian[(size_t)j * p->stride + i];
        direction[i] = 1.0;
    }
    for (int first = 0; first < n; first += 4) {
        int next = first + 4, end = next < n ? next : n;
        const double *panel = w->factor + first * s, *unit = w->directions + first * s;
        for (int k = first; k < end; k++) {
            double *row = w->factor + k * s, *direction = w->directions + k * s;
            for (int j = first; j < k; j++) {
                double scale = -w->factor[j * s + k];
                add_scaled(scale, w->factor + j * s + first, row + first, width - first);
                add_scaled(scale, w->directions + j * s, direction, next);
            }
            if (!(row[k] > 0.0))
                return DENSE_QP_NOT_POSITIVE_DEFINITE;
            double scale = 1.0 / sqrt(row[k]);
            for (int j = first; j < width; j++)
                row[j] *= scale;
            for (int j = 0; j < next; j++)
                direction[j] *= scale;
        }
        for (int i = next; i < n; i++) {
            const double scale[4] = {-panel[i], -panel[s + i], -panel[2 * s + i], -panel[3 * s + i]};
            int begin = i & ~3;
            combine(scale, panel + begin, s, 4, w->factor + i * s + begin, width - begin);
            combine(scale, unit, s, 4, w->directions + i * s, next);
        }
    }
    return DENSE_QP_OK;
}

/* projection = sign J' normal; step z = J2 d2; dual_step r = R^-1 d1. Returns |d2|^2, or 0 if normal is dependent. */
INLINE double step_directions(dense_qp_workspace *w, const double *normal, double sign, int n, int active)
{
    size_t s = w->stride;
    double *d = w->projection, total = 0.0, free_part = 0.0;
    for (int k = 0; k < n; k++) {
        d[k] = sign * dot(w->directions + k * s, normal, n);
        total += d[k] * d[k];
        if (k >= active)
            free_part += d[k] * d[k];
    }
    memset(w->step, 0, width_of(n) * sizeof(double));
    combine(d + active, w->directions + active * s, s, n - active, w->step, width_of(n));
    for (int i = active - 1; i >= 0; i--) {
        const double *row = w->triangle + i * s;
        double sum = d[i];
        for (int j = i + 1; j < active; j++)
            sum -= row[j] * w->dual_step[j];
        w->dual_step[i] = sum / row[i];
    }
    return free_part > DEPENDENCE_TOLERANCE * DEPENDENCE_TOLERANCE * total ? free_part : 0.0;
}

/* Append the normal of `projection` as active number `active`: one Householder reflection of the free directions. */
INLINE void append_active(dense_qp_workspace *w, int n, int active, double free_part)
{
    int width = width_of(n);
    size_t s = w->stride;
    double *d = w->projection, *v = w->reflector, *first = w->directions + active * s;
    double alpha = d[active] > 0.0 ? sqrt(free_part) : -sqrt(free_part);
    double head = d[active] + alpha, beta = 1.0 / (alpha * head);
    for (int i = 0; i < width; i++)
        v[i] = w->step[i] + alpha * first[i];
    add_scaled(-beta * head, v, first, width);
    for (int k = active + 1; k < n; k++)
        add_scaled(-beta * d[k], v, w->directions + k * s, width);
    for (int i = 0; i < active; i++)
        w->triangle[i * s + active] = d[i];
    w->triangle[active * s + active] = -alpha;
}

/* Remove active number `leaving`: Givens rotations restore the triangle. Returns the new number of active rows. */
INLINE int remove_active(dense_qp_workspace *w, int n, int active, int leaving)
{
    size_t s = w->stride;
    w->row_state[w->active_row[leaving]] = 0;
    for (int j = leaving; j < active - 1; j++) {
        w->active_row[j] = w->active_row[j + 1];
        w->multiplier[j] = w->multiplier[j + 1];
        for (int i = 0; i <= j + 1; i++)
            w->triangle[i * s + j] = w->triangle[i * s + j + 1];
    }
    active--;
    for (int j = leaving; j < active; j++) {
        double *upper = w->triangle + j * s, *lower = upper + s;
        double length = sqrt(upper[j] * upper[j] + lower[j] * lower[j]);
        if (length == 0.0)
            continue;
        double c = upper[j] / length, q = lower[j] / length;
        for (int k = j; k < active; k++) {
            double a = upper[k], b = lower[k];
            upper[k] = c * a + q * b;
            lower[k] = c * b - q * a;
        }
        double *first = w->directions + j * s, *second = first + s;
        for (int i = 0; i < n; i++) {
            double a = first[i], b = second[i];
            first[i] = c * a + q * b;
            second[i] = c * b - q * a;
        }
    }
    return active;
}

/* The most violated inactive row, -1 if none; its slack (negative) and the side (+1 lower, -1 upper). */
INLINE int most_violated(dense_qp_workspace *w, const dense_qp_problem *p, const double *x, double *slack, int *side)
{
    int n = p->variables, found = -1;
    double size = 1.0;
    for (int i = 0; i < n; i++)
        size = fabs(x[i]) > size ? fabs(x[i]) : size;
    double worst = -FEASIBILITY_TOLERANCE * size;
    for (int i = 0; i < p->inequalities; i++) {
        if (w->row_state[i])
            continue;
        double value = dot(p->inequality_matrix + (size_t)i * p->stride, x, n);
        double below = (value - p->lower[i]) * w->inverse_norm[i], above = (p->upper[i] - value) * w->inverse_norm[i];
        if (p->lower[i] > -DENSE_QP_INFINITY && below < worst) {
            worst = below;
            found = i;
            *side = 1;
            *slack = value - p->lower[i];
        }
        if (p->upper[i] < DENSE_QP_INFINITY && above < worst) {
            worst = above;
            found = i;
            *side = -1;
            *slack = p->upper[i] - value;
        }
    }
    return found;
}

/* Make all equality rows active. Dependent rows are skipped if consistent. */
INLINE int add_equalities(dense_qp_workspace *w, const dense_qp_problem *p, double *x, int *active)
{
    int n = p->variables;
    for (int i = 0; i < p->equalities; i++) {
        const double *row = p->equality_matrix + (size_t)i * p->stride;
        double slack = dot(row, x, n) - p->equality_target[i];
        double free_part = *active < n ? step_directions(w, row, 1.0, n, *active) : 0.0;
        if (free_part == 0.0) {
            if (fabs(slack) > 1e-8 * (1.0 + fabs(p->equality_target[i])))
                return DENSE_QP_INFEASIBLE;
            continue;
        }
        double length = -slack / free_part;
        add_scaled(length, w->step, x, n);
        for (int j = 0; j < *active; j++)
            w->multiplier[j] -= length * w->dual_step[j];
        append_active(w, n, *active, free_part);
        w->multiplier[*active] = length;
        w->active_row[*active] = -1 - i;
        (*active)++;
    }
    return DENSE_QP_OK;
}

/* Bring row `entering` (violated) into the active set, dropping rows whose multiplier reaches zero on the way. */
INLINE int enter(dense_qp_workspace *w, const dense_qp_problem *p, double *x, int entering, double slack, int side,
                 int fixed, int *active, int *iterations, int max_iterations)
{
    int n = p->variables;
    const double *row = p->inequality_matrix + (size_t)entering * p->stride;
    double multiplier = 0.0;
    for (;;) {
        if (++(*iterations) > max_iterations)
            return DENSE_QP_ITERATION_LIMIT;
        double free_part = step_directions(w, row, (double)side, n, *active);
        int leaving = -1;
        double dual_length = INFINITY, full_length = free_part > 0.0 ? -slack / free_part : INFINITY;
        for (int j = fixed; j < *active; j++)
            if (w->dual_step[j] > DUAL_TOLERANCE && w->multiplier[j] < dual_length * w->dual_step[j]) {
                dual_length = w->multiplier[j] / w->dual_step[j];
                leaving = j;
            }
        double length = dual_length < full_length ? dual_length : full_length;
        if (!(length < INFINITY))
            return DENSE_QP_INFEASIBLE;
        for (int j = 0; j < *active; j++)
            w->multiplier[j] -= length * w->dual_step[j];
        multiplier += length;
        if (free_part > 0.0)
            add_scaled(length, w->step, x, n);
        if (length == full_length) {
            append_active(w, n, *active, free_part);
            w->multiplier[*active] = multiplier;
            w->active_row[*active] = entering;
            w->row_state[entering] = side;
            (*active)++;
            return DENSE_QP_OK;
        }
        *active = remove_active(w, n, *active, leaving);
        double value = dot(row, x, n);
        slack = side > 0 ? value - p->lower[entering] : p->upper[entering] - value;
    }
}

VECTOR_CLONES
int dense_qp_solve(dense_qp_workspace *w, const dense_qp_problem *p, int max_iterations, dense_qp_solution *solution)
{
    int n = p->variables, active = 0, code;
    double *x = solution->x;
    solution->iterations = solution->active = 0;
    if (n < 0 || p->equalities < 0 || p->inequalities < 0 || n > w->max_variables ||
        p->inequalities > w->max_inequalities || p->stride < n)
        return DENSE_QP_BAD_SIZE;
    if (!read_inputs(w, p))
        return DENSE_QP_BAD_INPUT;
    if ((code = factorise(w, p)) != DENSE_QP_OK)
        return code;

    /* Unconstrained minimum x = -J J' g. */
    memset(w->step, 0, width_of(n) * sizeof(double));
    for (int k = 0; k < n; k++)
        w->projection[k] = -dot(w->directions + (size_t)k * w->stride, p->gradient, k + 1);
    combine(w->projection, w->directions, w->stride, n, w->step, width_of(n));
    memcpy(x, w->step, n * sizeof(double));
    for (int i = 0; i < p->inequalities; i++)
        if (p->lower[i] > p->upper[i] || (w->row_state[i] && (p->lower[i] > 0.0 || p->upper[i] < 0.0)))
            return DENSE_QP_INFEASIBLE;
    if ((code = add_equalities(w, p, x, &active)) != DENSE_QP_OK)
        return code;
    int fixed = active;
    for (;;) {
        double slack = 0.0;
        int side = 0, entering = most_violated(w, p, x, &slack, &side);
        if (entering < 0)
            break;
        code = enter(w, p, x, entering, slack, side, fixed, &active, &solution->iterations, max_iterations);
        if (code != DENSE_QP_OK)
            return code;
    }

    solution->active = active;
    if (solution->equality_multipliers)
        memset(solution->equality_multipliers, 0, p->equalities * sizeof(double));
    if (solution->inequality_multipliers)
        memset(solution->inequality_multipliers, 0, p->inequalities * sizeof(double));
    for (int j = 0; j < active; j++) {
        int row = w->active_row[j];
        if (row < 0 && solution->equality_multipliers)
            solution->equality_multipliers[-1 - row] = w->multiplier[j];
        if (row >= 0 && solution->inequality_multipliers)
            solution->inequality_multipliers[row] = w->row_state[row] * w->multiplier[j];
    }
    return DENSE_QP_OK;
}
