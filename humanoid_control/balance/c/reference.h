/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whole_body/reference -> targets.
 *
 * A reference is a posture of all joints with velocities. Its soles define the stance frame: midpoint of the soles,
 * mean of their orientations. All targets are poses and velocities relative to that frame, so that a reference says
 * nothing about where the robot stands. Between messages the posture is continued with its velocity and with the
 * acceleration that two messages in a row imply; a reference that stops coming is brought to rest, one that jumps (or
 * the first one) is faded in.
 */
#ifndef HUMANOID_CONTROL_REFERENCE_H
#define HUMANOID_CONTROL_REFERENCE_H

#include <stdint.h>

#include "parameters.h"
#include "rigid_body.h"
#include "whole_body.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { REFERENCE_NONE = 0, REFERENCE_LIVE = 1, REFERENCE_STALE = 2 };

/* A point that moves relative to the stance frame, in its axes. */
typedef struct reference_point {
    double position[3], velocity[3], acceleration[3]; /* [m], [m/s], [m/s^2] */
} reference_point;

/* An orientation that turns relative to the stance frame; rate and acceleration in its axes. */
typedef struct reference_turn {
    double rotation[9], rate[3], acceleration[3]; /* [rad/s], [rad/s^2] */
} reference_turn;

typedef struct reference_targets {
    reference_point com, hand_point[WHOLE_BODY_HANDS];
    reference_turn pelvis, torso, hand_turn[WHOLE_BODY_HANDS];
} reference_targets;

typedef struct reference_stream {
    int source;                               /* REFERENCE_NONE, _LIVE or _STALE */
    int64_t stamp;                            /* of the last message [ns] */
    double joint[RIGID_BODY_MAX_JOINTS];      /* last message, or the posture that is held */
    double velocity[RIGID_BODY_MAX_JOINTS];
    double acceleration[RIGID_BODY_MAX_JOINTS]; /* from the last two messages */
    double fade[RIGID_BODY_MAX_JOINTS];       /* old minus new posture, being faded out */
    double fade_age;                          /* [s] */
    double posture[RIGID_BODY_MAX_JOINTS];    /* now, with continuation and fading */
    double posture_velocity[RIGID_BODY_MAX_JOINTS];
    double posture_acceleration[RIGID_BODY_MAX_JOINTS];
    reference_targets targets;
    rigid_body_state state;
} reference_stream;

/* Hold a posture [rad] without any source. */
void reference_hold(reference_stream *stream, const rigid_body_model *model, const double *joint);

/* Accept a message. Joint angles are clamped to the layout's limits. Returns 0 if it is older than the last one. */
int reference_receive(reference_stream *stream, const rigid_body_model *model, const whole_body_layout *layout,
                      const balance_parameters *p, int64_t stamp, const double *joint, const double *velocity);

/* Posture and targets at `now` [ns], `dt` [s] after the last call. */
void reference_evaluate(reference_stream *stream, const rigid_body_model *model, const whole_body_layout *layout,
                        const balance_parameters *p, int64_t now, double dt);

#ifdef __cplusplus
}
#endif

#endif
