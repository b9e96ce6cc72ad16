/* SPDX-License-Identifier: Apache-2.0 */
/* Small vectors and rotations. Matrices are row-major; quaternions are (x, y, z, w). All functions are inlined. */
#ifndef HUMANOID_CONTROL_SPATIAL_H
#define HUMANOID_CONTROL_SPATIAL_H

#include "dense_rows.h"

#include <math.h>
#include <string.h>

INLINE double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

INLINE double dot3(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

INLINE double norm3(const double a[3])
{
    return sqrt(dot3(a, a));
}

/* out = a x b; out may not alias. */
INLINE void cross3(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* out += a x b */
INLINE void add_cross3(const double a[3], const double b[3], double out[3])
{
    out[0] += a[1] * b[2] - a[2] * b[1];
    out[1] += a[2] * b[0] - a[0] * b[2];
    out[2] += a[0] * b[1] - a[1] * b[0];
}

/* out = R a */
INLINE void rotate3(const double r[9], const double a[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = r[3 * i] * a[0] + r[3 * i + 1] * a[1] + r[3 * i + 2] * a[2];
}

/* out = R' a */
INLINE void rotate_back3(const double r[9], const double a[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = r[i] * a[0] + r[3 + i] * a[1] + r[6 + i] * a[2];
}

/* out = A B */
INLINE void multiply3(const double a[9], const double b[9], double out[9])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
}

/* out = A' B */
INLINE void multiply_transposed3(const double a[9], const double b[9], double out[9])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            out[3 * i + j] = a[i] * b[j] + a[3 + i] * b[3 + j] + a[6 + i] * b[6 + j];
}

/* out = A B' */
INLINE void multiply_by_transposed3(const double a[9], const double b[9], double out[9])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            out[3 * i + j] = a[3 * i] * b[3 * j] + a[3 * i + 1] * b[3 * j + 1] + a[3 * i + 2] * b[3 * j + 2];
}

/* Rotation matrix of a unit quaternion. */
INLINE void quaternion_to_matrix(const double q[4], double r[9])
{
    double x = q[0], y = q[1], z = q[2], w = q[3];
    r[0] = 1 - 2 * (y * y + z * z);
    r[1] = 2 * (x * y - w * z);
    r[2] = 2 * (x * z + w * y);
    r[3] = 2 * (x * y + w * z);
    r[4] = 1 - 2 * (x * x + z * z);
    r[5] = 2 * (y * z - w * x);
    r[6] = 2 * (x * z - w * y);
    r[7] = 2 * (y * z + w * x);
    r[8] = 1 - 2 * (x * x + y * y);
}

/* out = a * b; out may not alias. */
INLINE void quaternion_multiply(const double a[4], const double b[4], double out[4])
{
    out[0] = a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1];
    out[1] = a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0];
    out[2] = a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3];
    out[3] = a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2];
}

INLINE void quaternion_normalise(double q[4])
{
    double scale = 1.0 / sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    for (int i = 0; i < 4; i++)
        q[i] *= scale;
}

/* Quaternion of the rotation vector a [rad]. */
INLINE void quaternion_exponential(const double a[3], double q[4])
{
    double angle = norm3(a), scale = angle > 1e-8 ? sin(0.5 * angle) / angle : 0.5;
    for (int i = 0; i < 3; i++)
        q[i] = scale * a[i];
    q[3] = cos(0.5 * angle);
}

/* Quaternion of a rotation matrix (Shepperd's method: divides by the largest component). */
INLINE void matrix_to_quaternion(const double r[9], double q[4])
{
    double trace = r[0] + r[4] + r[8];
    if (trace > 0.0) {
        double s = 2.0 * sqrt(1.0 + trace);
        q[3] = 0.25 * s;
        q[0] = (r[7] - r[5]) / s;
        q[1] = (r[2] - r[6]) / s;
        q[2] = (r[3] - r[1]) / s;
        return;
    }
    int i = r[4] > r[0] ? 1 : 0;
    i = r[8] > r[4 * i] ? 2 : i;
    int j = (i + 1) % 3, k = (i + 2) % 3;
    double s = 2.0 * sqrt(fmax(1.0 + r[4 * i] - r[4 * j] - r[4 * k], 1e-300));
    q[i] = 0.25 * s;
    q[3] = (r[3 * k + j] - r[3 * j + k]) / s;
    q[j] = (r[3 * j + i] + r[3 * i + j]) / s;
    q[k] = (r[3 * k + i] + r[3 * i + k]) / s;
}

/* Rotation vector [rad] of a unit quaternion, the shorter way round. */
INLINE void quaternion_logarithm(const double q[4], double out[3])
{
    double sine = norm3(q), sign = q[3] < 0.0 ? -1.0 : 1.0;
    double scale = sine > 1e-8 ? 2.0 * atan2(sine, sign * q[3]) / sine : 2.0;
    for (int i = 0; i < 3; i++)
        out[i] = sign * scale * q[i];
}

/* Rotation vector [rad] in the outer frame that turns R into R_desired: log(R_desired R'). */
INLINE void rotation_error(const double desired[9], const double r[9], double out[3])
{
    double relative[9], q[4];
    multiply_by_transposed3(desired, r, relative);
    matrix_to_quaternion(relative, q);
    quaternion_logarithm(q, out);
}

/* Rotation about z. */
INLINE void yaw_matrix(double yaw, double r[9])
{
    double c = cos(yaw), s = sin(yaw);
    memset(r, 0, 9 * sizeof(double));
    r[0] = r[4] = c;
    r[1] = -s;
    r[3] = s;
    r[8] = 1.0;
}

INLINE double yaw_of(const double r[9])
{
    return atan2(r[3], r[0]);
}

/* Angle in (-pi, pi]. */
INLINE double wrap_angle(double a)
{
    return a - 2.0 * M_PI * ceil((a - M_PI) / (2.0 * M_PI));
}

/* A value that is not finite makes the result NaN; otherwise 0. */
INLINE double finite_residue(const double *a, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += a[i] * 0.0;
    return sum;
}

#endif
