/* SPDX-License-Identifier: Apache-2.0 */
#include "kin_least_squares.h"
#include "kin_linear.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { MAX_SIZE = 512 };

/* Multipliers that change by less than this (squared, in units of their normals) do not change. */
static const double NO_RATE = 1e-24;

typedef struct {
    int n, ld, rows, capacity; /* capacity of the active set: n + rows */
    int count;                 /* active constraints */
    double *factor;            /* ld x n: H, then its Cholesky factor, column-major; the diagonal holds 1 / L_jj */
    double *free_optimum;      /* ld: y of the unconstrained optimum */
    double *point;             /* ld: y */
    double *direction;         /* ld */
    double *column;            /* (capacity + 1) x ld: L^-1 times the normal of each active constraint */
    double *gram;              /* capacity + 1 rows of N' H^-1 N + softness */
    double *gram_factor;       /* its Cholesky factor by rows; the diagonal holds 1 / pivot */
    double *multiplier;        /* capacity + 1 */
    double *rate;              /* capacity + 1: change of the multipliers per unit step */
    int *index;                /* capacity + 1: variable, or n + row */
    int *side;                 /* capacity + 1: +1 lower bound or row, -1 upper bound */
    int *in_set;               /* n + rows: 1 where active */
} workspace;

/* H (lower, column-major) and g of the least-squares cost; four task rows at a time, joints outside them skipped. */
KIN_INLINE void assemble(const kin_ls_problem *p, int ld, double *restrict hessian, double *restrict gradient)
{
    const int n = p->variables;
    memset(hessian, 0, sizeof(double) * (size_t)ld * (size_t)n);
    memset(gradient, 0, sizeof(double) * (size_t)ld);
    static const double zeros[KIN_PADDED(MAX_SIZE)];
    for (int r = 0; r < p->task_rows;) {
        const double *row[4] = {zeros, zeros, zeros, zeros};
        double weight[4] = {0.0, 0.0, 0.0, 0.0}, target[4] = {0.0, 0.0, 0.0, 0.0};
        int taken = 0;
        for (; r < p->task_rows && taken < 4; r++) {
            if (p->task_weight[r] == 0.0) continue;
            row[taken] = p->jacobian + (size_t)r * (size_t)ld;
            weight[taken] = p->task_weight[r];
            target[taken] = p->task_weight[r] * p->task_error[r];
            taken++;
        }
        const double *restrict r0 = row[0], *restrict r1 = row[1], *restrict r2 = row[2], *restrict r3 = row[3];
        for (int i = 0; i < ld; i++)
            gradient[i] += target[0] * r0[i] + target[1] * r1[i] + target[2] * r2[i] + target[3] * r3[i];
        for (int j = 0; j < n; j++) {
            const double a = weight[0] * r0[j], b = weight[1] * r1[j], c = weight[2] * r2[j], d = weight[3] * r3[j];
            if (a == 0.0 && b == 0.0 && c == 0.0 && d == 0.0) continue;
            double *restrict column = hessian + (size_t)j * (size_t)ld;
            for (int i = j & ~3; i < ld; i++) column[i] += a * r0[i] + b * r1[i] + c * r2[i] + d * r3[i];
        }
    }
    for (int j = 0; j < n; j++) {
        hessian[(size_t)j * (size_t)ld + (size_t)j] += p->diagonal[j];
        gradient[j] += p->diagonal[j] * p->diagonal_target[j];
    }
}

/* ---- active set ------------------------------------------------------------------------------------------------ */

KIN_INLINE double *column_of(const workspace *w, int slot) { return w->column + (size_t)slot * (size_t)w->ld; }
KIN_INLINE double *gram_row(const workspace *w, int slot)
{
    return w->gram + (size_t)slot * (size_t)(w->capacity + 1);
}
KIN_INLINE double *gram_factor_row(const workspace *w, int slot)
{
    return w->gram_factor + (size_t)slot * (size_t)(w->capacity + 1);
}

KIN_INLINE double softness_of(const workspace *w, const kin_ls_problem *p, int slot)
{
    return w->index[slot] < w->n ? 0.0 : p->constraint_softness[w->index[slot] - w->n];
}

/* Value that (normal)'x must not fall below. */
KIN_INLINE double bound_of(const workspace *w, const kin_ls_problem *p, int slot)
{
    const int i = w->index[slot];
    if (i >= w->n) return p->constraint_bound[i - w->n];
    return w->side[slot] > 0 ? p->lower[i] : -p->upper[i];
}

/* Fill the slot's column and its row of the Gram matrix against the slots before it. */
KIN_INLINE void load_constraint(workspace *w, const kin_ls_problem *p, int slot, int index, int side)
{
    double *column = column_of(w, slot);
    w->index[slot] = index;
    w->side[slot] = side;
    w->multiplier[slot] = 0.0;
    if (index < w->n) {
        memset(column, 0, sizeof(double) * (size_t)w->ld);
        column[index] = side;
        forward(w->n, w->ld, w->factor, index, column);
    } else {
        memcpy(column, p->constraint + (size_t)(index - w->n) * (size_t)w->ld, sizeof(double) * (size_t)w->ld);
        forward(w->n, w->ld, w->factor, 0, column);
    }
    double *gram = gram_row(w, slot);
    for (int a = 0; a < slot; a++) gram[a] = dot(w->n, column_of(w, a), column);
    gram[slot] = dot(w->n, column, column) + softness_of(w, p, slot);
}

/* Factor the slot's row; returns its squared pivot, or 0 where the constraint depends on those before. */
KIN_INLINE double factor_gram_row(workspace *w, int slot)
{
    const double *gram = gram_row(w, slot);
    double *row = gram_factor_row(w, slot);
    double pivot = gram[slot];
    for (int a = 0; a < slot; a++) {
        const double *earlier = gram_factor_row(w, a);
        row[a] = (gram[a] - dot(a, row, earlier)) * earlier[a];
        pivot -= row[a] * row[a];
    }
    if (!(pivot > PIVOT_SHARE * 100.0 * gram[slot])) return 0.0;
    row[slot] = 1.0 / sqrt(pivot);
    return pivot;
}

/* x := (factor of the first `count` slots)^-T x */
KIN_INLINE void gram_backward(const workspace *w, int count, double *x)
{
    for (int a = count - 1; a >= 0; a--) {
        const double *row = gram_factor_row(w, a);
        x[a] *= row[a];
        add_scaled(a, -x[a], row, x);
    }
}

/* Take a slot out; the Gram rows behind it (up to and without `end`) move up and lose one entry. */
KIN_INLINE void remove_slot(workspace *w, int slot, int end)
{
    w->in_set[w->index[slot]] = 0;
    for (int a = slot; a + 1 < end; a++) {
        w->index[a] = w->index[a + 1];
        w->side[a] = w->side[a + 1];
        w->multiplier[a] = w->multiplier[a + 1];
        memcpy(column_of(w, a), column_of(w, a + 1), sizeof(double) * (size_t)w->ld);
        double *to = gram_row(w, a);
        const double *from = gram_row(w, a + 1);
        memcpy(to, from, sizeof(double) * (size_t)slot);
        memcpy(to + slot, from + slot + 1, sizeof(double) * (size_t)(a + 1 - slot));
    }
}

/* Multipliers and point of the equality problem on the active set; returns the slot of the most negative one or -1.
 * The second pass takes out what rounding in the Gram matrix left. */
KIN_INLINE int solve_on_set(workspace *w, const kin_ls_problem *p)
{
    const int k = w->count;
    double *mu = w->multiplier, *change = w->rate;
    memcpy(w->point, w->free_optimum, sizeof(double) * (size_t)w->ld);
    memset(mu, 0, sizeof(double) * (size_t)k);
    for (int pass = 0; pass < 2 && k > 0; pass++) {
        for (int a = 0; a < k; a++) {
            const double *row = gram_factor_row(w, a);
            const double missing = bound_of(w, p, a) - dot(w->n, column_of(w, a), w->point) - softness_of(w, p, a) * mu[a];
            change[a] = (missing - dot(a, row, change)) * row[a];
        }
        gram_backward(w, k, change);
        for (int a = 0; a < k; a++) {
            mu[a] += change[a];
            add_scaled(w->n, change[a], column_of(w, a), w->point);
        }
    }
    int worst = -1;
    for (int a = 0; a < k; a++)
        if (mu[a] < 0.0 && (worst < 0 || mu[a] < mu[worst])) worst = a;
    return worst;
}

/* Start from the last active set without those of its constraints that would have to pull. */
KIN_INLINE void restart(workspace *w, const kin_ls_problem *p)
{
    const int kept = w->count;
    int count = 0;
    memset(w->in_set, 0, sizeof(int) * (size_t)(w->n + w->rows));
    for (int a = 0; a < kept; a++) {
        const int index = w->index[a], side = w->side[a];
        if (index >= w->n + p->constraint_rows) continue;
        load_constraint(w, p, count, index, side);
        if (factor_gram_row(w, count) == 0.0) continue;
        w->in_set[index] = 1;
        count++;
    }
    w->count = count;
    for (int worst = solve_on_set(w, p); worst >= 0; worst = solve_on_set(w, p)) {
        remove_slot(w, worst, w->count);
        w->count--;
        for (int a = worst; a < w->count; a++) factor_gram_row(w, a);
    }
}

/* The most violated constraint that isn't active: its index (side in *side), or -1. */
KIN_INLINE int most_violated(const workspace *w, const kin_ls_problem *p, const double *x, int *side)
{
    double worst = p->tolerance;
    int index = -1;
    for (int i = 0; i < w->n; i++) {
        if (w->in_set[i]) continue;
        const double below = p->lower[i] - x[i], above = x[i] - p->upper[i];
        if (below > worst) { worst = below; index = i; *side = 1; }
        if (above > worst) { worst = above; index = i; *side = -1; }
    }
    for (int r = 0; r < p->constraint_rows; r++) {
        if (w->in_set[w->n + r]) continue;
        const double below = p->constraint_bound[r] - dot(w->n, p->constraint + (size_t)r * (size_t)w->ld, x);
        if (below > worst) { worst = below; index = w->n + r; *side = 1; }
    }
    return index;
}

/* Bring one violated constraint into the active set, dropping others whose multiplier would turn negative. */
KIN_INLINE int add_constraint(workspace *w, const kin_ls_problem *p, int index, int side, int *iterations)
{
    load_constraint(w, p, w->count, index, side);
    for (;;) {
        if (++*iterations > p->max_iterations) return KIN_ITERATION_LIMIT;
        const int k = w->count;
        double *column = column_of(w, k), *rate = w->rate;
        const double pivot = factor_gram_row(w, k);
        memcpy(rate, gram_factor_row(w, k), sizeof(double) * (size_t)k);
        gram_backward(w, k, rate);
        double dual_step = INFINITY;
        int leaving = -1;
        for (int a = 0; a < k; a++) {
            const int falls = rate[a] > 0.0 && rate[a] * rate[a] * gram_row(w, a)[a] > NO_RATE * gram_row(w, k)[k];
            if (falls && w->multiplier[a] < dual_step * rate[a]) {
                dual_step = fmax(w->multiplier[a], 0.0) / rate[a];
                leaving = a;
            }
        }
        const double missing = bound_of(w, p, k) - dot(w->n, column, w->point) - softness_of(w, p, k) * w->multiplier[k];
        const double full_step = pivot > 0.0 ? missing / pivot : INFINITY;
        if (leaving < 0 && pivot == 0.0) return KIN_INFEASIBLE;
        const double step = full_step <= dual_step ? full_step : dual_step;
        if (pivot > 0.0) {
            memcpy(w->direction, column, sizeof(double) * (size_t)w->ld);
            for (int a = 0; a < k; a++) add_scaled(w->n, -rate[a], column_of(w, a), w->direction);
            add_scaled(w->n, step, w->direction, w->point);
        }
        for (int a = 0; a < k; a++) w->multiplier[a] -= step * rate[a];
        w->multiplier[k] += step;
        if (full_step <= dual_step) {
            w->in_set[index] = 1;
            w->count++;
            return KIN_OK;
        }
        remove_slot(w, leaving, k + 1);
        w->count--;
        for (int a = leaving; a < w->count; a++) factor_gram_row(w, a);
    }
}

/* ---- interface --------------------------------------------------------------------------------------------------- */

static size_t padded_bytes(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

/* Lay the arrays out behind the header; returns the bytes used. With a null base only measures. */
static size_t lay_out(workspace *w, char *base, int n, int rows)
{
    const size_t ld = (size_t)KIN_PADDED(n), slots = (size_t)(n + rows + 1);
    size_t used = padded_bytes(sizeof(workspace));
    double **vectors[] = {&w->free_optimum, &w->point, &w->direction, &w->multiplier, &w->rate,
                          &w->factor, &w->column, &w->gram, &w->gram_factor};
    const size_t lengths[] = {ld, ld, ld, slots, slots, ld * (size_t)n, slots * ld, slots * slots, slots * slots};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        *vectors[i] = (double *)(void *)(base + used);
        used += padded_bytes(lengths[i] * sizeof(double));
    }
    int **lists[] = {&w->index, &w->side, &w->in_set};
    for (size_t i = 0; i < 3; i++) {
        *lists[i] = (int *)(void *)(base + used);
        used += padded_bytes(slots * sizeof(int));
    }
    return used;
}

size_t kin_ls_size(int variables, int rows)
{
    if (variables < 1 || variables > MAX_SIZE || rows < 0 || rows > MAX_SIZE) return 0;
    workspace measured;
    return lay_out(&measured, (char *)&measured, variables, rows);
}

int kin_ls_init(void *memory, size_t size, int variables, int rows)
{
    const size_t needed = kin_ls_size(variables, rows);
    if (memory == NULL || needed == 0 || size < needed || ((uintptr_t)memory & 63) != 0) return KIN_INVALID_ARGUMENT;
    memset(memory, 0, size);
    workspace *w = memory;
    lay_out(w, memory, variables, rows);
    w->n = variables;
    w->ld = KIN_PADDED(variables);
    w->rows = rows;
    w->capacity = variables + rows;
    return KIN_OK;
}

void kin_ls_forget(void *memory) { ((workspace *)memory)->count = 0; }

/* NaN compares false, so that crossed bounds and NaN are told apart. */
static int check_bounds(const kin_ls_problem *p)
{
    for (int i = 0; i < p->variables; i++) {
        if (isnan(p->lower[i]) || isnan(p->upper[i])) return KIN_NOT_FINITE;
        if (p->lower[i] > p->upper[i]) return KIN_CROSSED_BOUNDS;
    }
    for (int r = 0; r < p->constraint_rows; r++)
        if (!isfinite(p->constraint_bound[r]) || !(p->constraint_softness[r] >= 0.0)) return KIN_NOT_FINITE;
    return KIN_OK;
}

KIN_CLONES
int kin_ls_solve(void *memory, kin_ls_problem *problem)
{
    workspace *w = memory;
    problem->iterations = 0;
    if (problem->variables != w->n || problem->task_rows < 0 || problem->constraint_rows < 0 ||
        problem->constraint_rows > w->rows)
        return KIN_INVALID_ARGUMENT;
    const int n = w->n, ld = w->ld;
    int status = check_bounds(problem);
    if (status != KIN_OK) return status;

    double *y = w->free_optimum;
    assemble(problem, ld, w->factor, y);
    double sum = 0.0;
    for (int i = 0; i < n; i++) sum += fabs(y[i]) + fabs(w->factor[(size_t)i * (size_t)ld + (size_t)i]);
    if (!isfinite(sum)) return KIN_NOT_FINITE;
    status = cholesky(n, ld, w->factor);
    if (status != KIN_OK) return status;
    forward(n, ld, w->factor, 0, y);

    if (!problem->warm_start) w->count = 0;
    restart(w, problem);
    double *x = w->direction; /* free between steps */
    for (;;) {
        memcpy(x, w->point, sizeof(double) * (size_t)ld);
        backward(n, ld, w->factor, x);
        int side = 1;
        const int index = most_violated(w, problem, x, &side);
        if (index < 0) break;
        status = add_constraint(w, problem, index, side, &problem->iterations);
        if (status != KIN_OK) {
            w->count = 0;
            return status;
        }
    }
    if (problem->iterations > 0 && w->count > 0) { /* multipliers afresh: takes out what rounding added up */
        solve_on_set(w, problem);
        memcpy(x, w->point, sizeof(double) * (size_t)ld);
        backward(n, ld, w->factor, x);
    }
    for (int i = 0; i < n; i++) {
        problem->solution[i] = fmin(fmax(x[i], problem->lower[i]), problem->upper[i]);
        problem->bound_multiplier[i] = 0.0;
    }
    for (int r = 0; r < problem->constraint_rows; r++) problem->constraint_multiplier[r] = 0.0;
    for (int a = 0; a < w->count; a++) {
        if (w->index[a] < n) problem->bound_multiplier[w->index[a]] = w->side[a] * w->multiplier[a];
        else problem->constraint_multiplier[w->index[a] - n] = w->multiplier[a];
    }
    problem->active = w->count;
    return KIN_OK;
}
