/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dense, strictly convex quadratic programs:
 *
 *     minimise    1/2 x' H x + g' x
 *     subject to  E x = e              (equality rows)
 *                 l <= C x <= u        (two-sided inequality rows)
 *
 * Dual active-set method of Goldfarb and Idnani, "A numerically stable dual method for solving strictly convex
 * quadratic programs", Mathematical Programming 27 (1983). The unconstrained minimum is dual feasible, so no phase
 * one is needed and the solver is quick when few constraints are active, as in a balance or kinematics tick.
 *
 * All memory belongs to the caller; dense_qp_solve neither allocates nor keeps state between calls. Different
 * workspaces may be used in different threads.
 */
#ifndef HUMANOID_CONTROL_DENSE_QP_H
#define HUMANOID_CONTROL_DENSE_QP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A bound of at least this magnitude (or infinite) is absent. */
#define DENSE_QP_INFINITY 1e20

/* Exit codes. */
enum {
    DENSE_QP_OK = 0,
    DENSE_QP_NOT_POSITIVE_DEFINITE = 1, /* the Hessian has no Cholesky factor */
    DENSE_QP_INFEASIBLE = 2,            /* no x satisfies all constraints */
    DENSE_QP_ITERATION_LIMIT = 3,       /* max_iterations changes of the active set did not suffice */
    DENSE_QP_BAD_INPUT = 4,             /* NaN anywhere, or an infinite entry that is not a bound */
    DENSE_QP_BAD_SIZE = 5               /* the problem is larger than the workspace, or a size is negative */
};

/* A problem. Matrices are row-major with `stride` doubles from row to row; inputs are only read. */
typedef struct dense_qp_problem {
    int variables;                  /* n */
    int equalities;                 /* rows of E */
    int inequalities;               /* rows of C */
    int stride;                     /* >= n */
    const double *hessian;          /* H (n x n), symmetric positive definite; the lower triangle is read */
    const double *gradient;         /* g (n) */
    const double *equality_matrix;  /* E (equalities x n) */
    const double *equality_target;  /* e (equalities) */
    const double *inequality_matrix; /* C (inequalities x n) */
    const double *lower;            /* l (inequalities) */
    const double *upper;            /* u (inequalities) */
} dense_qp_problem;

/*
 * The solution: H x + g = E' equality_multipliers + C' inequality_multipliers, where the multiplier of a row is
 * positive at its lower bound, negative at its upper bound and zero in between. Either multiplier pointer may be
 * NULL. With an exit code other than DENSE_QP_OK the contents of x and of the multipliers are meaningless.
 */
typedef struct dense_qp_solution {
    double *x;                      /* (n) */
    double *equality_multipliers;   /* (equalities) or NULL */
    double *inequality_multipliers; /* (inequalities) or NULL */
    int iterations;                 /* changes of the active set */
    int active;                     /* active rows at the solution, equalities included */
} dense_qp_solution;

/* Work arrays, carved out of caller memory by dense_qp_workspace_init; destroyed by each solve. */
typedef struct dense_qp_workspace {
    int max_variables;
    int max_inequalities;
    int stride;
    double *factor;      /* upper Cholesky factor U of H, rows */
    double *directions;  /* rows k of J' where J = U^-1 Q */
    double *triangle;    /* R, upper triangular: J' N = [R; 0] for the active normals N */
    double *projection;  /* d = J' n */
    double *step;        /* z, primal direction */
    double *dual_step;   /* r, dual direction */
    double *reflector;   /* work vector of the Householder update */
    double *multiplier;  /* multipliers of the active set */
    double *inverse_norm; /* 1 / |row of C| */
    int *active_row;     /* row of C (>= 0) or -1 - row of E */
    int *row_state;      /* 0 inactive, +1 lower bound active, -1 upper bound active */
} dense_qp_workspace;

/* Doubles of memory that a workspace for this size needs. */
size_t dense_qp_workspace_doubles(int max_variables, int max_inequalities);

/* Carve a workspace out of `memory` (dense_qp_workspace_doubles doubles), which must outlive it. */
void dense_qp_workspace_init(dense_qp_workspace *workspace, double *memory, int max_variables, int max_inequalities);

/* Solve. Returns an exit code; see above for what is valid then. */
int dense_qp_solve(dense_qp_workspace *workspace, const dense_qp_problem *problem, int max_iterations,
                   dense_qp_solution *solution);

/* Words for an exit code, e.g. "infeasible"; never NULL. */
const char *dense_qp_message(int code);

#ifdef __cplusplus
}
#endif

#endif
