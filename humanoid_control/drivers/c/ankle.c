/* SPDX-License-Identifier: Apache-2.0 */
#include "ankle.h"

#include <math.h>

#define NEWTON_STEPS 12
#define ANGLE_TOLERANCE 1e-10 /* [rad] */
#define SINGULAR 1e-9         /* [m^2] and [1] */

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Foot point in shank axes and its derivatives by pitch and roll. */
static void foot_point(const double foot[3], const double joints[2], double point[3], double by_pitch[3],
                       double by_roll[3])
{
    double cp = cos(joints[0]), sp = sin(joints[0]), cr = cos(joints[1]), sr = sin(joints[1]);
    double y = cr * foot[1] - sr * foot[2];
    double z = sr * foot[1] + cr * foot[2];
    point[0] = cp * foot[0] + sp * z;
    point[1] = y;
    point[2] = -sp * foot[0] + cp * z;
    by_pitch[0] = point[2];
    by_pitch[1] = 0.0;
    by_pitch[2] = -point[0];
    by_roll[0] = sp * y;
    by_roll[1] = -z;
    by_roll[2] = cp * y;
}

static int rod_angle(const struct drv_rod *rod, const double joints[2], double *angle, double row[2])
{
    double point[3], by_pitch[3], by_roll[3];
    foot_point(rod->foot, joints, point, by_pitch, by_roll);
    double d[3] = {point[0] - rod->axis[0], point[1] - rod->axis[1], point[2] - rod->axis[2]};
    double reach = 2.0 * rod->crank * hypot(d[0], d[2]);
    double wanted = dot(d, d) + rod->crank * rod->crank - rod->length * rod->length;
    if (!(fabs(wanted) < reach))
        return DRV_ANKLE_OUT_OF_REACH;
    double a = atan2(d[2], d[0]) + rod->branch * acos(wanted / reach);
    double push[3] = {d[0] - rod->crank * cos(a), d[1], d[2] - rod->crank * sin(a)};
    double by_angle = rod->crank * (-push[0] * sin(a) + push[2] * cos(a));
    if (fabs(by_angle) < SINGULAR)
        return DRV_ANKLE_OUT_OF_REACH;
    *angle = remainder(a, 2.0 * M_PI);
    row[0] = dot(push, by_pitch) / by_angle;
    row[1] = dot(push, by_roll) / by_angle;
    return DRV_ANKLE_OK;
}

int drv_ankle_inverse(const struct drv_rod rods[2], const double joints[2], double angles[2], double jacobian[4])
{
    double found[2], rows[4];
    for (int i = 0; i < 2; i++) {
        int code = rod_angle(&rods[i], joints, &found[i], rows + 2 * i);
        if (code != DRV_ANKLE_OK)
            return code;
    }
    for (int i = 0; i < 2; i++)
        angles[i] = found[i];
    for (int i = 0; i < 4; i++)
        jacobian[i] = rows[i];
    return DRV_ANKLE_OK;
}

int drv_ankle_forward(const struct drv_rod rods[2], const double angles[2], double joints[2], double jacobian[4])
{
    double found[2], rows[4];
    for (int step = 0; step < NEWTON_STEPS; step++) {
        if (drv_ankle_inverse(rods, joints, found, rows) != DRV_ANKLE_OK)
            return DRV_ANKLE_OUT_OF_REACH;
        double error[2] = {remainder(angles[0] - found[0], 2.0 * M_PI), remainder(angles[1] - found[1], 2.0 * M_PI)};
        if (fabs(error[0]) < ANGLE_TOLERANCE && fabs(error[1]) < ANGLE_TOLERANCE) {
            for (int i = 0; i < 4; i++)
                jacobian[i] = rows[i];
            return DRV_ANKLE_OK;
        }
        double determinant = rows[0] * rows[3] - rows[1] * rows[2];
        if (!(fabs(determinant) > SINGULAR))
            return DRV_ANKLE_OUT_OF_REACH;
        joints[0] += (rows[3] * error[0] - rows[1] * error[1]) / determinant;
        joints[1] += (rows[0] * error[1] - rows[2] * error[0]) / determinant;
    }
    return DRV_ANKLE_OUT_OF_REACH;
}
