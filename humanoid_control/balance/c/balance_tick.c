/* SPDX-License-Identifier: Apache-2.0 */
#include "tick_input.h"

#include "spatial.h"
#include "walk_control.h"

static const double NOMINAL_PERIOD = 0.002; /* assumed before a second stamp tells [s] */
static const double LONGEST_PERIOD = 0.02;  /* commands are integrated ahead by no more [s] */
static const double AIRBORNE_TIME = 0.1;    /* both feet unloaded for longer: standing on nothing [s] */
static const double FALL_TIME = 1.5;        /* from giving up to lying on the floor, at most [s] */

static void damp(balance_controller *c, const tick_input *in)
{
    const balance_description *d = &c->description;
    for (int i = 0; i < d->command_entries; i++) {
        double position = in->position[i];
        in->command_position[i] = position * 0.0 == 0.0 ? position : c->last_position[i];
        in->command_velocity[i] = in->command_effort[i] = 0.0;
    }
    for (int h = 0; h < WHOLE_BODY_HANDS; h++)
        if (c->started)
            in->command_position[d->gripper_entry[h]] = c->gripper_target[h];
}

static void repeat(const balance_controller *c, const tick_input *in)
{
    size_t size = c->description.command_entries * sizeof(double);
    memcpy(in->command_position, c->last_position, size);
    memcpy(in->command_velocity, c->last_velocity, size);
    memcpy(in->command_effort, c->last_effort, size);
}

static int is_fall(int reason)
{
    return reason == BALANCE_REASON_TILTED || reason == BALANCE_REASON_LOW || reason == BALANCE_REASON_FALLING;
}

/* No good command for this tick: the last one for a while, then damping, then damping for good. */
static int fail(balance_controller *c, const tick_input *in, int reason, int detail)
{
    balance_report *report = &c->report;
    double since = fmax((double)(in->stamp - c->last_good_stamp) * 1e-9, c->failing++ * NOMINAL_PERIOD);
    report->failures++;
    report->reason = reason;
    report->detail = detail;
    int final = is_fall(reason);
    c->fallen = 0.0;
    int powered = c->stop.category != STOP_POWER_OFF;
    if (powered && c->started && !c->recovering && !final && since <= c->parameters.safety_hold_time) {
        repeat(c, in);
        return report->mode = BALANCE_HOLDING;
    }
    damp(c, in);
    c->recovering = c->started;
    if (c->started && (final || since > c->parameters.safety_damping_time))
        return report->mode = BALANCE_FALLEN;
    return report->mode = BALANCE_DAMPING;
}

/* Generalised state from the joints and the estimator, then all rigid-body terms. */
static void observe(balance_controller *c, const tick_input *in)
{
    const balance_description *d = &c->description;
    double force[WHOLE_BODY_FEET];
    for (int j = 0; j < c->model.joints; j++) {
        c->q[7 + j] = in->position[d->joint_entry[j]];
        c->v[6 + j] = in->velocity[d->joint_entry[j]];
    }
    for (int k = 0; k < WHOLE_BODY_FEET; k++)
        force[k] = in->position[d->sole_force_entry[k] + 2];
    estimator *e = &c->estimate;
    estimator_update(e, &c->sensors, &c->parameters, &c->model, in->dt, c->q + 7, c->v + 6, in->position + d->gyro_entry,
                     in->position + d->acceleration_entry, force);
    memcpy(c->q, e->position, sizeof e->position);
    memcpy(c->q + 3, e->quaternion, sizeof e->quaternion);
    rotate_back3(e->rotation, e->velocity, c->v);
    memcpy(c->v + 3, e->angular_velocity, sizeof e->angular_velocity);
    rigid_body_forward(&c->model, &c->body, c->q, c->v, NULL);
    rigid_body_dynamics(&c->model, &c->body);
    for (int j = 0; j < c->model.joints; j++) /* viscous friction is a known torque as well */
        c->body.bias[6 + j] += d->damping[j] * c->v[6 + j];
}

/* Start from what is measured: hold this posture, stand where the soles are. */
static void take_over(balance_controller *c, const tick_input *in)
{
    reference_hold(&c->reference, &c->model, c->q + 7);
    balance_stand(c);
    for (int h = 0; h < WHOLE_BODY_HANDS && !c->started; h++) {
        double measured = in->position[c->description.gripper_entry[h]];
        c->gripper_target[h] = measured * 0.0 == 0.0 ? measured : 0.0;
    }
}

/* Force on the gripper from outside, in sensor axes: what is measured less the gripper's weight. */
static void contact_force(const balance_controller *c, const tick_input *in, int h, double out[3])
{
    const double *measured = in->position + c->description.wrist_force_entry[h];
    const double *rotation = c->body.frame[c->wrist_frame[h]].rotation;
    for (int i = 0; i < 3; i++)
        out[i] = measured[i] + c->description.gripper_mass[h] * RIGID_BODY_GRAVITY * rotation[6 + i];
}

static int command(balance_controller *c, const tick_input *in)
{
    const balance_description *d = &c->description;
    double ahead = fmin(in->dt, LONGEST_PERIOD), residue = 0.0;
    memset(c->last_velocity, 0, sizeof c->last_velocity);
    memset(c->last_effort, 0, sizeof c->last_effort);
    for (int j = 0; j < c->model.joints; j++) {
        int entry = d->joint_entry[j];
        double velocity = c->v[6 + j] + c->result.acceleration[6 + j] * ahead;
        c->last_velocity[entry] = velocity;
        c->last_position[entry] = c->q[7 + j] + c->v[6 + j] * ahead;
        c->last_effort[entry] = c->result.torque[j];
    }
    for (int h = 0; h < WHOLE_BODY_HANDS; h++)
        c->last_position[d->gripper_entry[h]] = c->gripper_target[h];
    residue = finite_residue(c->last_position, d->command_entries) + finite_residue(c->last_velocity, d->command_entries) +
              finite_residue(c->last_effort, d->command_entries);
    if (residue != 0.0)
        return 0;
    memcpy(in->command_position, c->last_position, d->command_entries * sizeof(double));
    memcpy(in->command_velocity, c->last_velocity, d->command_entries * sizeof(double));
    memcpy(in->command_effort, c->last_effort, d->command_entries * sizeof(double));
    return 1;
}

/* Stamps: how long since the last tick, whether to start over. Returns a reason, BALANCE_REASON_NONE when good. */
static int check_stamp(balance_controller *c, tick_input *in)
{
    int64_t gap = (int64_t)(c->parameters.safety_gap_time * 1e9), step = in->stamp - c->last_stamp;
    in->dt = NOMINAL_PERIOD;
    if (c->seen && step < -gap) {
        int64_t restarts = c->report.restarts + 1;
        balance_activate(c); /* time began anew, and with it the world */
        c->report.restarts = restarts;
        c->report.stamp_jump = (double)step * 1e-9;
    } else if (c->seen && step <= 0) {
        return BALANCE_REASON_STAMP;
    } else if (c->seen) {
        in->dt = (double)step * 1e-9;
        if (step > gap) {
            in->dt = NOMINAL_PERIOD;
            c->recovering = c->started;
            c->report.gaps++;
            c->report.stamp_jump = (double)step * 1e-9;
            estimator_reset(&c->estimate);
        }
    }
    c->seen = 1;
    c->last_stamp = in->stamp;
    return BALANCE_REASON_NONE;
}

/*
 * While it only damps: tell posture and uprightness from this tick alone, as the robot may be carried about. But not on the
 * way down: an accelerometer that falls with the robot shows anything but gravity, and the attitude is still known.
 */
static void look_about(balance_controller *c, const tick_input *in)
{
    c->fallen += in->dt;
    if (!is_fall(c->report.reason) || c->fallen > FALL_TIME)
        estimator_reset(&c->estimate);
    observe(c, in);
    tick_report_state(c, in);
}

/* Without power. */
static int lie(balance_controller *c, const tick_input *in)
{
    look_about(c, in);
    damp(c, in);
    c->report.reason = BALANCE_REASON_POWER_OFF;
    c->report.detail = 0;
    return c->report.mode = BALANCE_DAMPING;
}

int balance_tick(balance_controller *c, int64_t stamp, const double *position, const double *velocity,
                 double *command_position, double *command_velocity, double *command_effort)
{
    const balance_parameters *p = &c->parameters;
    balance_report *report = &c->report;
    tick_input in = {.stamp = stamp, .position = position, .velocity = velocity, .command_position = command_position,
                     .command_velocity = command_velocity, .command_effort = command_effort};
    if (c->active && c->started && c->seen && stamp == c->last_stamp && report->mode == BALANCE_STANDING) {
        repeat(c, &in); /* the same state once more: the same answer */
        return report->mode;
    }
    int reason = c->active ? check_stamp(c, &in) : BALANCE_REASON_NOT_ACTIVE;
    report->stamp = stamp;
    report->ticks++;
    if (!c->active) {
        damp(c, &in);
        return report->mode = BALANCE_DAMPING;
    }
    tick_input_replace_soles(c, &in);
    int bad = tick_input_find_bad(&c->description, &in);
    if (report->mode == BALANCE_FALLEN && c->stop.category != STOP_POWER_OFF) {
        if (reason == BALANCE_REASON_NONE && bad < 0)
            look_about(c, &in);
        damp(c, &in);
        return BALANCE_FALLEN;
    }
    if (reason != BALANCE_REASON_NONE)
        return fail(c, &in, reason, 0);
    if (bad >= 0)
        return fail(c, &in, BALANCE_REASON_BAD_STATE, bad);
    if (c->stop.category == STOP_POWER_OFF)
        return lie(c, &in);
    int fresh = !c->started || c->recovering, jump = fresh ? -1 : tick_input_find_jump(c, &in);
    if (jump >= 0) {
        int mode = fail(c, &in, BALANCE_REASON_JUMP, jump);
        if (c->recovering) /* it stays there: somebody moved the robot, and what was known of its pose is void */
            estimator_reset(&c->estimate);
        return mode;
    }
    observe(c, &in);
    c->airborne = c->estimate.foot[0].standing || c->estimate.foot[1].standing ? 0.0 : c->airborne + in.dt;
    tick_report_state(c, &in);
    if (c->airborne > AIRBORNE_TIME || (fresh && c->airborne > 0.0))
        return fail(c, &in, BALANCE_REASON_NO_CONTACT, 0);
    if (c->body.rotation[0][8] < cos(p->safety_tilt))
        return fail(c, &in, BALANCE_REASON_TILTED, 0);
    if (c->body.com[2] < p->safety_minimum_height)
        return fail(c, &in, BALANCE_REASON_LOW, 0);
    c->falling = !fresh && report->capture_distance > p->safety_capture_distance ? c->falling + in.dt : 0.0;
    if (c->falling > p->safety_capture_time)
        return fail(c, &in, BALANCE_REASON_FALLING, 0);
    if (fresh)
        take_over(c, &in);
    reference_evaluate(&c->reference, &c->model, &c->layout, p, stamp, in.dt);
    stopping_lower(&c->stop, p, &c->reference.targets, c->walk.out.mode != WALK_STEPPING, in.dt);
    double touch[WHOLE_BODY_HANDS][3], force[WHOLE_BODY_FEET];
    for (int h = 0; h < WHOLE_BODY_HANDS; h++)
        contact_force(c, &in, h, touch[h]);
    for (int k = 0; k < WHOLE_BODY_FEET; k++)
        force[k] = report->sole_missing[k] ? NAN : in.position[c->description.sole_force_entry[k] + 2];
    int code = balance_act(c, force, touch, in.dt);
    if (code != WHOLE_BODY_OK)
        return fail(c, &in, BALANCE_REASON_SOLVER + code, 0);
    if (!command(c, &in))
        return fail(c, &in, BALANCE_REASON_COMMAND, 0);
    c->started = 1;
    c->recovering = 0;
    c->last_good_stamp = stamp;
    c->failing = 0;
    tick_report_command(c, &in);
    report->reason = BALANCE_REASON_NONE;
    return report->mode = BALANCE_STANDING;
}
