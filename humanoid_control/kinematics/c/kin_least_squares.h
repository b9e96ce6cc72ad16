/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded least squares: the step of differential inverse kinematics.
 *
 *   minimise   1/2 sum_r w_r (J_r x - e_r)^2  +  1/2 sum_i d_i (x_i - t_i)^2  +  1/2 sum_k s_k^2 / c_k
 *   subject to lower <= x <= upper,   A_k x + s_k >= b_k
 *
 * A row with softness c_k = 0 is hard (s_k = 0). Solved by a dual active-set method (D. Goldfarb and A. Idnani,
 * "A numerically stable dual method for solving strictly convex quadratic programs", Math. Programming 27, 1983)
 * in the coordinates y = L'x of the Cholesky factor H = L L', which is computed once; the active set of the last
 * call is tried first. No memory is allocated: the caller hands over one block.
 */
#ifndef KIN_LEAST_SQUARES_H
#define KIN_LEAST_SQUARES_H

#include <stddef.h>

#include "kin_common.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ld below is KIN_PADDED(variables); entries of a row beyond `variables` must be 0. */
typedef struct {
    int variables;              /* n, 1..512 */
    int task_rows;              /* rows of jacobian */
    int constraint_rows;        /* rows of constraint, <= the capacity given to kin_ls_init */
    int max_iterations;
    int warm_start;             /* 0: start from the empty active set */
    double tolerance;           /* largest violation of a bound or row that is accepted */
    const double *jacobian;     /* task_rows x ld, row-major */
    const double *task_error;   /* task_rows: e */
    const double *task_weight;  /* task_rows: w >= 0; rows of weight 0 are skipped */
    const double *diagonal;     /* n: d > 0 */
    const double *diagonal_target; /* n: t */
    const double *lower;        /* n */
    const double *upper;        /* n */
    const double *constraint;   /* constraint_rows x ld, row-major: A */
    const double *constraint_bound;    /* constraint_rows: b */
    const double *constraint_softness; /* constraint_rows: c >= 0 */
    double *solution;           /* out, n: x */
    double *bound_multiplier;   /* out, n: >= 0 at the lower bound, <= 0 at the upper one */
    double *constraint_multiplier; /* out, constraint_rows: >= 0 */
    int iterations;             /* out: steps of the active-set method */
    int active;                 /* out: size of the final active set */
} kin_ls_problem;

/* Bytes that kin_ls_init needs for n variables and at most `rows` constraint rows; 0 for invalid sizes. */
size_t kin_ls_size(int variables, int rows);

/* Prepare a block of kin_ls_size bytes, aligned to 64 bytes. */
int kin_ls_init(void *memory, size_t size, int variables, int rows);

/* Forget the active set of the last call. */
void kin_ls_forget(void *memory);

/* Solve. On any status but KIN_OK the outputs are untouched, except that `iterations` is set. */
int kin_ls_solve(void *memory, kin_ls_problem *problem);

#ifdef __cplusplus
}
#endif
#endif
