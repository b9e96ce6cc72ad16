/* SPDX-License-Identifier: Apache-2.0 */
/* Exit codes and function attributes shared by the kinematics library. */
#ifndef KIN_COMMON_H
#define KIN_COMMON_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    KIN_OK = 0,
    KIN_INVALID_ARGUMENT = 1,      /* a size is out of range or a pointer is missing */
    KIN_NOT_FINITE = 2,            /* NaN or infinity in the input */
    KIN_NOT_POSITIVE_DEFINITE = 3, /* the Hessian has no Cholesky factor */
    KIN_CROSSED_BOUNDS = 4,        /* lower > upper for some variable */
    KIN_INFEASIBLE = 5,            /* hard rows contradict the bounds */
    KIN_ITERATION_LIMIT = 6,       /* no solution within max_iterations */
    KIN_NOT_CONVERGED = 7          /* inverse kinematics ended away from its target */
} kin_status;

/* Leading dimension of arrays with n columns: a multiple of four doubles. */
#define KIN_PADDED(n) (((n) + 3) & ~3)

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define KIN_CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define KIN_CLONES
#endif
#define KIN_INLINE static inline __attribute__((always_inline))

#ifdef __cplusplus
}
#endif
#endif
