/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standing and stepping: measured centre of mass and soles -> where the centre of pressure should be, which foot
 * carries, how the other one moves. Called at every control tick; allocates nothing.
 *
 * A standing robot starts to step when a velocity or footsteps are commanded or when the DCM leaves the support
 * polygon (it was pushed); a stepping one stops when nothing is commanded and it stands well after a touchdown.
 * Foot 0 is the left one.
 */
#ifndef HUMANOID_CONTROL_WALK_MACHINE_H
#define HUMANOID_CONTROL_WALK_MACHINE_H

#include <stddef.h>

#include "support.h"
#include "walk_adaptation.h"
#include "walk_swing.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WALK_FEET 2
#define WALK_MAX_FOOTSTEPS 64

/* Exit codes. */
enum {
    WALK_OK = 0,
    WALK_BAD_INPUT = 1,    /* a value is not finite or beyond any robot; state and output are as before */
    WALK_BAD_FOOTSTEP = 2, /* a footstep is not finite, or its foot is neither 0 nor 1 */
    WALK_TOO_MANY = 3      /* more footsteps than WALK_MAX_FOOTSTEPS */
};

enum { WALK_STANDING = 0, WALK_STEPPING = 1 };

typedef struct walk_footstep {
    int foot;
    walk_pose pose; /* of the sole in the world */
} walk_footstep;

typedef struct walk_input {
    double dt;                                /* [s] */
    double com_height;                        /* the pendulum's length [m] */
    double com[2], com_velocity[2];           /* [m], [m/s] */
    double sole_position[WALK_FEET][3];       /* [m] */
    double sole_yaw[WALK_FEET];               /* [rad] */
    double force[WALK_FEET];                  /* normal force of the soles [N]; not finite = unknown */
    int walk;                                 /* whether `velocity` is commanded */
    double velocity[3];                       /* x, y [m/s], turn [rad/s] in the robot's own axes */
} walk_input;

typedef struct walk_output {
    int mode;                     /* WALK_STANDING or WALK_STEPPING */
    int swing_foot;               /* foot in the air, -1 = none */
    int touchdown;                /* foot that came down at this tick, -1 = none */
    double dcm[2], dcm_reference[2];
    double cop[2];                /* where the centre of pressure should be [m] */
    double com_acceleration[2];   /* that follows from it [m/s^2] */
    double margin;                /* distance of the DCM to the edge of the support, negative outside [m] */
    double residual;              /* DCM error that no reachable footstep meets [m] */
    double heading;               /* yaw of the pelvis [rad] */
    double load_limit[WALK_FEET]; /* largest normal force, share of body weight */
    walk_swing swing;             /* of swing_foot */
    walk_footstep footstep;       /* where the next foot comes down */
} walk_output;

typedef struct walk_state {
    int mode;
    walk_pose sole[WALK_FEET];       /* as latched at the last touchdown */
    double floor;                    /* height of the stance sole [m] */
    double heading;                  /* [rad] */
    double velocity[3];              /* commanded velocity as the gait follows it */
    double trim[3];                  /* added to it, so that strides are as long as it says */
    walk_pose stride_start[2];       /* middle between the feet at the last touchdown and the one before */
    double stride_time[2];           /* time since then [s] */
    double stride_velocity[2][3];    /* `velocity` then */
    int stance;                      /* foot that carries, or will carry after double support */
    double time, duration, double_support; /* of the present step [s] */
    double planned;                  /* duration as it was when the step began [s] */
    double cop_start[2];             /* centre of pressure when it began [m] */
    int emergency;                   /* the step was forced by a push */
    int steps;                       /* since standing */
    int chosen;                      /* whether `target` is set for this step */
    walk_pose target;                /* next footstep in the world */
    double residual;                 /* of that choice [m] */
    double since_adaptation;         /* [s] */
    int airborne;
    double lift_time;                /* when the swinging foot left the floor, in the step's time [s] */
    walk_swing swing;
    double dcm_error[2];             /* seen from the stance foot [m] */
    int footstep_count, next_footstep, aims_at_footstep;
    walk_footstep footstep[WALK_MAX_FOOTSTEPS];
} walk_state;

/* Sizes of walk_state (0), walk_input (1) and walk_output (2), for bindings. */
size_t walk_struct_size(int which);

/* Stand with the soles where they are. Forgets commanded footsteps. */
int walk_stand(walk_state *s, const walk_input *in);

/* Walk over footsteps, in order, instead of at a velocity; none = stop. Replaces those of an earlier call. */
int walk_follow(walk_state *s, const walk_footstep *footstep, int count);

/* One control tick. Returns an exit code. */
int walk_tick(walk_state *s, const walk_parameters *p, const walk_input *in, walk_output *out);

#ifdef __cplusplus
}
#endif

#endif
