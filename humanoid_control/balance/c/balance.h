/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The balance controller's tick: low_state in, joint commands out. One call does estimation, rigid-body terms,
 * reference, task law and quadratic program, without allocation, locks or system calls.
 *
 * A controller is a caller-owned block of balance_controller_size() bytes. Order of calls: balance_init,
 * balance_set_parameters, balance_activate, then balance_set_reference and balance_tick in any order from one thread.
 */
#ifndef HUMANOID_CONTROL_BALANCE_H
#define HUMANOID_CONTROL_BALANCE_H

#include <stddef.h>
#include <stdint.h>

#include "support.h"
#include "whole_body.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BALANCE_MAX_ENTRIES 96 /* in low_state */

typedef struct balance_controller balance_controller;

/* What the controller does at the moment. */
enum {
    BALANCE_STANDING = 0,
    BALANCE_HOLDING = 1, /* repeats the last good command for at most safety.hold_time */
    BALANCE_DAMPING = 2, /* no effort, zero velocity asked for; stands up again when the cause goes away */
    BALANCE_FALLEN = 3   /* as damping, until balance_activate */
};

/* Why it is not standing. Codes of dense_qp.h and whole_body.h follow from 100 on. */
enum {
    BALANCE_REASON_NONE = 0,
    BALANCE_REASON_NOT_ACTIVE = 1,      /* balance_activate was not called */
    BALANCE_REASON_BAD_STATE = 2,       /* a value of low_state is NaN or beyond any robot; detail = entry */
    BALANCE_REASON_STAMP = 3,           /* the stamp of low_state did not increase */
    BALANCE_REASON_GAP = 4,             /* low_state was missing for longer than safety.gap_time */
    BALANCE_REASON_NO_CONTACT = 5,      /* neither foot touches the floor */
    BALANCE_REASON_TILTED = 6,          /* the pelvis is tilted beyond safety.tilt */
    BALANCE_REASON_LOW = 7,             /* the centre of mass is below safety.minimum_height */
    BALANCE_REASON_COMMAND = 8,         /* the computed command is not finite */
    BALANCE_REASON_JUMP = 9,            /* a joint is where it cannot have moved; detail = entry */
    BALANCE_REASON_FALLING = 10,        /* the DCM runs away from both soles, further than steps can follow */
    BALANCE_REASON_POWER_OFF = 11,      /* the safety supervisor has switched off */
    BALANCE_REASON_SOLVER = 100
};

/* Exit codes of balance_init, balance_set_parameters and balance_set_reference. */
enum {
    BALANCE_OK = 0,
    BALANCE_BAD_MODEL = 1,     /* the model table: sizes, parents, axes, inertias */
    BALANCE_BAD_LAYOUT = 2,    /* a joint, frame or entry number out of range, or a joint named twice */
    BALANCE_BAD_PARAMETER = 3, /* not finite or outside its range */
    BALANCE_BAD_REFERENCE = 4, /* not finite, beyond any robot, or inactive */
    BALANCE_OLD_REFERENCE = 5, /* not newer than the last one */
    BALANCE_STOPPED = 6        /* the safety supervisor has stopped the robot */
};

/* The robot. Bodies and placements as in rigid_body.h; entries are indices into low_state. */
typedef struct balance_description {
    int joints;
    int parent[RIGID_BODY_MAX_JOINTS];
    double placement[RIGID_BODY_MAX_JOINTS][12];
    double axis[RIGID_BODY_MAX_JOINTS][3];
    double inertia[RIGID_BODY_MAX_JOINTS + 1][13];
    double armature[RIGID_BODY_MAX_JOINTS];
    double damping[RIGID_BODY_MAX_JOINTS]; /* viscous friction [N m s/rad] */
    double lower[RIGID_BODY_MAX_JOINTS], upper[RIGID_BODY_MAX_JOINTS];
    double effort_limit[RIGID_BODY_MAX_JOINTS];
    int leg[WHOLE_BODY_FEET][WHOLE_BODY_LEG_JOINTS];
    int waist_count, free_count;
    int free_joint[WHOLE_BODY_MAX_FREE];
    int sole_body[WHOLE_BODY_FEET];
    double sole_placement[WHOLE_BODY_FEET][12];
    double sole_half_length, sole_half_width;
    int torso_body;
    double torso_placement[12];
    int hand_body[WHOLE_BODY_HANDS];
    double hand_placement[WHOLE_BODY_HANDS][12];
    int wrist_body[WHOLE_BODY_HANDS];
    double wrist_placement[WHOLE_BODY_HANDS][12]; /* axes of the force sensor */
    double gripper_mass[WHOLE_BODY_HANDS];        /* beyond the force sensor [kg] */
    double imu_placement[12];                     /* in the base */
    int state_entries, command_entries;           /* commands have the first entries of low_state */
    int joint_entry[RIGID_BODY_MAX_JOINTS];
    int gripper_entry[WHOLE_BODY_HANDS];
    int gyro_entry, acceleration_entry;           /* first of three */
    int sole_force_entry[WHOLE_BODY_FEET], sole_torque_entry[WHOLE_BODY_FEET];
    int wrist_force_entry[WHOLE_BODY_HANDS];
} balance_description;

/* What the last tick saw and did. Positions in odom [m], world axes unless said otherwise. */
typedef struct balance_report {
    int64_t stamp;                    /* [ns] */
    int64_t ticks, failures, relaxed, gaps; /* counted since balance_activate; gaps: stamps ahead by more than safety.gap_time */
    int64_t restarts;                 /* stamps that went back by more than that, each of which activates it again */
    double stamp_jump;                /* at the last gap or restart, from the stamp before [s]; negative: back */
    int mode, reason, detail, iterations;
    int stance_count;                 /* grows when the stance frame changes */
    int reference_source;             /* REFERENCE_NONE, _LIVE, _STALE */
    int foot_standing[WHOLE_BODY_FEET];
    int polygon_count;
    int sole_missing[WHOLE_BODY_FEET]; /* the sensor makes no sense, the planned wrench is believed */
    double reference_age;             /* [s] */
    double base_position[3], base_quaternion[4];
    double base_velocity[3], base_angular_velocity[3]; /* base axes [m/s], [rad/s] */
    double gyro_bias[3];              /* [rad/s] */
    double com[3], com_velocity[3];
    double dcm[2], dcm_reference[2], dcm_margin;
    double capture_distance;          /* from the DCM to the nearest sole [m] */
    double cop_target[2], cop[2];     /* cop: measured; NaN without load */
    double cop_margin;                /* distance of cop to the edge of the support polygon [m] */
    double stance_position[3], stance_yaw;
    double polygon[SUPPORT_MAX_POINTS][2];
    double foot_position[WHOLE_BODY_FEET][3], foot_yaw[WHOLE_BODY_FEET], foot_force[WHOLE_BODY_FEET];
    double wrench[WHOLE_BODY_FEET][6]; /* planned, sole axes */
    double hand_position_error[WHOLE_BODY_HANDS], hand_rotation_error[WHOLE_BODY_HANDS];
    double wrist_contact_force[WHOLE_BODY_HANDS][3]; /* sensor axes [N] */
} balance_report;

size_t balance_controller_size(void);
size_t balance_description_size(void);
size_t balance_report_size(void);

/* Set up for a robot. Returns an exit code. */
int balance_init(balance_controller *controller, const balance_description *description);

/* Values in the order of the table in parameters.h. Nothing changes unless all are good. */
int balance_set_parameters(balance_controller *controller, const double *values, int count);

/* Start, or start again after a fall: forget the state estimate; the next tick takes over from the measured posture. */
void balance_activate(balance_controller *controller);

/* Stop: balance_tick only damps until balance_activate. */
void balance_deactivate(balance_controller *controller);

/*
 * Carry a stop category out from now on (stopping.h: 3 none, 2 protective, 1 controlled sit, 0 power off). Below 3 the
 * gait comes to a stand and refuses commands; at 1 the centre of mass goes down to safety.sit_height; at 0 balance_tick
 * only damps, and goes on to tell what it sees. After 0 it takes over from the measured posture, as newly activated.
 */
void balance_set_stop(balance_controller *controller, int category);

/*
 * whole_body/reference with positions and velocities of all command entries, stamped [ns]. Returns BALANCE_OK,
 * BALANCE_BAD_REFERENCE (NaN or beyond any robot, refused) or BALANCE_OLD_REFERENCE (ignored).
 */
int balance_set_reference(balance_controller *controller, int64_t stamp, const double *position, const double *velocity);

/*
 * One tick: low_state's position (state_entries) and velocity (command_entries are read) at `stamp` [ns] -> commands
 * (command_entries): position [rad, m], velocity, effort = feed-forward torque [N m], never beyond its limit.
 * Returns the mode.
 */
int balance_tick(balance_controller *controller, int64_t stamp, const double *position, const double *velocity,
                 double *command_position, double *command_velocity, double *command_effort);

/* Report of the last tick; stays valid, and changes with the next one. */
const balance_report *balance_get_report(const balance_controller *controller);

/* Words for a reason, e.g. "neither foot touches the floor"; never NULL. */
const char *balance_reason(int reason);

/* For tests: the last quadratic program and its solution (variables), the tasks it came from, generalised state. */
const dense_qp_problem *balance_problem(const balance_controller *controller, const double **solution);
const whole_body_tasks *balance_tasks(const balance_controller *controller);
void balance_state(const balance_controller *controller, double *q, double *v, double *acceleration, double *torque);

#ifdef __cplusplus
}
#endif

#endif
