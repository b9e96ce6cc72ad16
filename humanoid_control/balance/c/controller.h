/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's memory; private to the sources of its tick. */
#ifndef HUMANOID_CONTROL_CONTROLLER_H
#define HUMANOID_CONTROL_CONTROLLER_H

#include "balance.h"
#include "estimator.h"
#include "reference.h"
#include "sole_watch.h"
#include "standing.h"
#include "stopping.h"
#include "walk_tasks.h"

/* Beyond these no joint of a humanoid is, moves or is asked to: [rad], [rad/s]. */
#define BALANCE_LARGEST_ANGLE 20.0
#define BALANCE_LARGEST_RATE 200.0

struct balance_controller {
    balance_description description;
    balance_parameters parameters;
    rigid_body_model model;
    whole_body_layout layout;
    estimator_setup sensors;
    int wrist_frame[WHOLE_BODY_HANDS];
    /* state */
    int configured, active;
    int started;    /* a good command was sent since activation */
    int recovering; /* the next good tick takes over from the measured posture */
    int seen;       /* last_stamp is valid */
    int failing;    /* ticks in a row without a good command */
    int64_t last_stamp, last_good_stamp; /* [ns] */
    double airborne; /* time without any standing foot [s] */
    double falling;  /* time beyond safety.capture_distance [s] */
    double fallen;   /* time since it gave up [s] */
    sole_watch soles;
    estimator estimate;
    reference_stream reference;
    stopping stop;
    standing stand;
    walking walk;
    rigid_body_state body;
    whole_body_tasks tasks;
    whole_body_work work;
    whole_body_result result;
    double q[7 + RIGID_BODY_MAX_JOINTS], v[RIGID_BODY_MAX_DOF];
    double gripper_target[WHOLE_BODY_HANDS];
    double last_position[BALANCE_MAX_ENTRIES], last_velocity[BALANCE_MAX_ENTRIES], last_effort[BALANCE_MAX_ENTRIES];
    balance_report report;
};

#endif
