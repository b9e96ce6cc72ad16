/* SPDX-License-Identifier: Apache-2.0 */
/* Dense linear algebra of small problems: inlined loops over contiguous memory that the compiler turns into vectors.
 * Matrices are column-major with ld rows, ld a multiple of four; only lower triangles are used. */
#ifndef KIN_LINEAR_H
#define KIN_LINEAR_H

#include <math.h>
#include <stddef.h>

#include "kin_common.h"

/* Pivots below this share of their diagonal entry count as zero. */
static const double PIVOT_SHARE = 1e-13;

KIN_INLINE double dot(int n, const double *a, const double *b)
{
    double lane[4] = {0.0, 0.0, 0.0, 0.0};
    int i = 0;
    for (; i + 4 <= n; i += 4)
        for (int l = 0; l < 4; l++) lane[l] += a[i + l] * b[i + l];
    double sum = (lane[0] + lane[1]) + (lane[2] + lane[3]);
    for (; i < n; i++) sum += a[i] * b[i];
    return sum;
}

KIN_INLINE void add_scaled(int n, double factor, const double *restrict a, double *restrict out)
{
    for (int i = 0; i < n; i++) out[i] += factor * a[i];
}

/* In-place Cholesky factor, left-looking, four columns at a time; entries above the diagonal are destroyed. */
KIN_INLINE int cholesky(int n, int ld, double *factor)
{
    for (int j = 0; j < n; j++) {
        double *restrict column = factor + (size_t)j * (size_t)ld;
        const double diagonal = column[j];
        const int start = j & ~3;
        int k = 0;
        for (; k + 4 <= j; k += 4) {
            const double *restrict c0 = factor + (size_t)k * (size_t)ld;
            const double *restrict c1 = c0 + ld, *restrict c2 = c1 + ld, *restrict c3 = c2 + ld;
            const double a = c0[j], b = c1[j], c = c2[j], d = c3[j];
            for (int i = start; i < ld; i++) column[i] -= a * c0[i] + b * c1[i] + c * c2[i] + d * c3[i];
        }
        for (; k < j; k++) {
            const double *restrict c0 = factor + (size_t)k * (size_t)ld;
            const double a = c0[j];
            for (int i = start; i < ld; i++) column[i] -= a * c0[i];
        }
        if (!(column[j] > PIVOT_SHARE * diagonal)) return KIN_NOT_POSITIVE_DEFINITE;
        const double inverse = 1.0 / sqrt(column[j]);
        for (int i = start; i < ld; i++) column[i] *= inverse;
        column[j] = inverse;
    }
    return KIN_OK;
}

/* x := L^-1 x, where x is zero before `first`. */
KIN_INLINE void forward(int n, int ld, const double *factor, int first, double *x)
{
    for (int j = first; j < n; j++) {
        const double *column = factor + (size_t)j * (size_t)ld;
        x[j] *= column[j];
        add_scaled(n - j - 1, -x[j], column + j + 1, x + j + 1);
    }
}

/* x := L^-T x */
KIN_INLINE void backward(int n, int ld, const double *factor, double *x)
{
    for (int j = n - 1; j >= 0; j--) {
        const double *column = factor + (size_t)j * (size_t)ld;
        x[j] = (x[j] - dot(n - j - 1, column + j + 1, x + j + 1)) * column[j];
    }
}

#endif
