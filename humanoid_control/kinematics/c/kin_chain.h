/* SPDX-License-Identifier: Apache-2.0 */
/* Inverse kinematics of one serial chain of revolute joints within their limits.
 *
 * Poses are 12 doubles: rotation by rows, then translation [m].
 */
#ifndef KIN_CHAIN_H
#define KIN_CHAIN_H

#include "kin_common.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { KIN_CHAIN_MAX_JOINTS = 12 };

typedef struct {
    int joints;               /* 1..KIN_CHAIN_MAX_JOINTS */
    const double *placement;  /* (joints + 1) x 12: each joint in the moving frame before it (the first in the base of the
                                 chain), and the tip in the moving frame of the last joint */
    const double *axis;       /* joints x 3: unit axes in the joints' own frames */
    const double *lower;      /* joints [rad] */
    const double *upper;      /* joints [rad] */
} kin_chain;

typedef struct {
    const double *target;         /* 12: pose of the tip in the base of the chain */
    double rotation_length;       /* [m]: an angle of 1 rad counts like this distance */
    double position_tolerance;    /* [m] */
    double orientation_tolerance; /* [rad] */
    int max_iterations;           /* of the way to the target */
    int margin_steps;             /* of the way to a larger margin; 0 leaves the posture that was found first */
    double margin_step;           /* [rad]: length of the first of them, later ones grow or shrink */
    double enough_margin;         /* [rad]: where the way to a larger margin may end */
    double *posture;              /* in, out, joints [rad]: start and result; clipped to the limits */
    double position_error;        /* out [m] */
    double orientation_error;     /* out [rad] */
    double margin;                /* out [rad]: least distance of a joint to its limits */
    int iterations;               /* out */
} kin_chain_problem;

/* Pose (12) of the tip in the base of the chain. */
int kin_chain_forward(const kin_chain *chain, const double *posture, double *pose);

/* Find a posture that brings the tip to the target, then move it along the self-motion of the chain until no joint is
 * nearer to a limit than enough_margin, or as far as that goes.
 *
 * Levenberg-Marquardt with damping equal to the residual (T. Sugihara, "Solvability-unconcerned inverse kinematics by
 * the Levenberg-Marquardt method", IEEE Trans. Robotics 27, 2011); joints that push against a limit stay there.
 * KIN_NOT_CONVERGED: the errors say how near the nearest posture found comes. */
int kin_chain_solve(const kin_chain *chain, kin_chain_problem *problem);

/* Follow a target that moves a little between calls: one step of at most margin_step along the self-motion, up the slope
 * of a smooth minimum of the distances to the limits, then to the target. Unlike in kin_chain_solve the step dwindles
 * where two joints are equally near to their limits, so that the posture moves smoothly. margin_steps isn't used. */
int kin_chain_track(const kin_chain *chain, kin_chain_problem *problem);

#ifdef __cplusplus
}
#endif
#endif
