/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of small dense matrices: sums and products in vectors of four doubles. All functions are inlined. */
#ifndef HUMANOID_CONTROL_DENSE_ROWS_H
#define HUMANOID_CONTROL_DENSE_ROWS_H

#include <stddef.h>

#if defined(__x86_64__) && defined(__linux__)
#define VECTOR_CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define VECTOR_CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef double vector4 __attribute__((vector_size(32), aligned(8)));

/* Sums in four lanes: the compiler may not reorder a plain sum without -ffast-math. */
INLINE double dot(const double *restrict a, const double *restrict b, int n)
{
    vector4 lanes = {0.0, 0.0, 0.0, 0.0};
    int i = 0;
    for (; i + 4 <= n; i += 4)
        lanes += *(const vector4 *)(a + i) * *(const vector4 *)(b + i);
    double sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    for (; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

INLINE void add_scaled(double scale, const double *restrict a, double *restrict b, int n)
{
    for (int i = 0; i < n; i++)
        b[i] += scale * a[i];
}

/* Doubles of the vectors that hold n doubles; rows of the workspace are that long, with zeros at the end. */
INLINE int width_of(int n)
{
    return (n + 3) & ~3;
}

/*
 * out += sum of coefficient[k] row k over `count` rows, all `width` long. Four rows at a time: one by one, each would
 * wait for the stores of the row before.
 */
INLINE void combine(const double *restrict coefficient, const double *restrict rows, size_t stride, int count,
                    double *restrict out, int width)
{
    int k = 0;
    for (; k + 4 <= count; k += 4, rows += 4 * stride)
        for (int i = 0; i < width; i += 4)
            *(vector4 *)(out + i) += coefficient[k] * *(const vector4 *)(rows + i) +
                                     coefficient[k + 1] * *(const vector4 *)(rows + stride + i) +
                                     (coefficient[k + 2] * *(const vector4 *)(rows + 2 * stride + i) +
                                      coefficient[k + 3] * *(const vector4 *)(rows + 3 * stride + i));
    for (; k < count; k++, rows += stride)
        add_scaled(coefficient[k], rows, out, width);
}

#endif
