/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ankle moved by two cranks and push rods side by side: joints pitch (about y) then roll (about x), crossing in the
 * origin of the shank frame used here. Each motor turns a crank about an axis parallel to y; a rod with ball joints
 * leads from the crank's tip to a point of the foot. Lengths [m], angles [rad].
 *
 * With F = Ry(pitch) Rx(roll) foot and C = axis + crank (cos a, 0, sin a), the rod fixes |F - C| = length. That is
 * A cos(a - psi) = K with d = F - axis, A = 2 crank hypot(dx, dz), psi = atan2(dz, dx),
 * K = |d|^2 + crank^2 - length^2: two assemblies, told apart by `branch`. Its differential gives the Jacobian
 * da/dq = (F - C).(dF/dq) / (F - C).(dC/da).
 */
#ifndef HUMANOID_DRIVERS_ANKLE_H
#define HUMANOID_DRIVERS_ANKLE_H

struct drv_rod {
    double axis[3];
    double foot[3];
    double crank;
    double length;
    double branch; /* 1 or -1: a = psi + branch acos(K / A) */
};

enum drv_ankle_code {
    DRV_ANKLE_OK = 0,
    DRV_ANKLE_OUT_OF_REACH = -20, /* no crank angle, or no posture, fits the rods */
};

/* Crank angles and Jacobian d(angle)/d(pitch, roll), row-major 2 x 2. On a negative code the outputs are untouched. */
int drv_ankle_inverse(const struct drv_rod rods[2], const double joints[2], double angles[2], double jacobian[4]);

/* Joint angles by Newton's method from the guess in `joints`, which is destroyed even when it fails. */
int drv_ankle_forward(const struct drv_rod rods[2], const double angles[2], double joints[2], double jacobian[4]);

#endif
