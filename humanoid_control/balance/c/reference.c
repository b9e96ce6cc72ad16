/* SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

#include "spatial.h"

void reference_hold(reference_stream *stream, const rigid_body_model *model, const double *joint)
{
    memset(stream, 0, sizeof *stream);
    memcpy(stream->joint, joint, model->joints * sizeof(double));
    memcpy(stream->posture, joint, model->joints * sizeof(double));
    stream->fade_age = INFINITY;
}

/* Largest joint acceleration that is believed of a reference [rad/s^2]. */
static const double LARGEST_ACCELERATION = 100.0;
/* Messages further apart say nothing about accelerations [s]. */
static const double LONGEST_PERIOD = 0.03;

/*
 * How a reference of this age [s] goes on: position += distance velocity + bend acceleration, velocity = speed velocity
 * + lag acceleration, with whole acceleration for `time`; then it brakes for as long again.
 */
typedef struct continuation {
    double distance, bend, speed, lag, accelerates;
} continuation;

INLINE continuation continue_for(double age, double time)
{
    double moving = clamp(age, 0.0, time), braking = clamp(age - time, 0.0, time);
    double left = time > 0.0 ? 1.0 - braking / time : 0.0;
    double brake_way = time > 0.0 ? braking - braking * braking / (2.0 * time) : 0.0;
    return (continuation){.distance = moving + brake_way, .bend = 0.5 * moving * moving + moving * brake_way,
                          .speed = left, .lag = moving * left, .accelerates = age <= time ? 1.0 : 0.0};
}

static double age_of(const reference_stream *stream, int64_t now)
{
    return fmax(0.0, (double)(now - stream->stamp) * 1e-9);
}

int reference_receive(reference_stream *stream, const rigid_body_model *model, const whole_body_layout *layout,
                      const balance_parameters *p, int64_t stamp, const double *joint, const double *velocity)
{
    if (stream->source != REFERENCE_NONE && stamp <= stream->stamp)
        return 0;
    double period = (double)(stamp - stream->stamp) * 1e-9, step = 0.0;
    continuation go = continue_for(stream->source == REFERENCE_NONE ? 0.0 : period, p->reference_extrapolation_time);
    for (int j = 0; j < model->joints; j++)
        step = fmax(step, fabs(joint[j] - stream->joint[j] - go.distance * stream->velocity[j]));
    int jumps = stream->source != REFERENCE_LIVE || step > p->reference_jump;
    int steady = !jumps && period < LONGEST_PERIOD;
    for (int j = 0; j < model->joints; j++) {
        double change = steady ? (velocity[j] - stream->velocity[j]) / period : 0.0;
        stream->acceleration[j] = clamp(change, -LARGEST_ACCELERATION, LARGEST_ACCELERATION);
        stream->joint[j] = clamp(joint[j], layout->lower[j], layout->upper[j]);
        stream->velocity[j] = velocity[j];
        if (jumps)
            stream->fade[j] = stream->posture[j] - stream->joint[j];
    }
    if (jumps)
        stream->fade_age = 0.0;
    stream->stamp = stamp;
    stream->source = REFERENCE_LIVE;
    return 1;
}

typedef struct stance_frame {
    double rotation[9], origin[3], velocity[3], rate[3], acceleration[3], rate_change[3];
} stance_frame;

static void find_stance(const rigid_body_frame *left, const rigid_body_frame *right, stance_frame *out)
{
    double a[4], b[4];
    matrix_to_quaternion(left->rotation, a);
    matrix_to_quaternion(right->rotation, b);
    double sign = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3] < 0.0 ? -1.0 : 1.0;
    for (int i = 0; i < 4; i++)
        a[i] += sign * b[i];
    quaternion_normalise(a);
    quaternion_to_matrix(a, out->rotation);
    for (int i = 0; i < 3; i++) {
        out->origin[i] = 0.5 * (left->position[i] + right->position[i]);
        out->velocity[i] = 0.5 * (left->velocity[i] + right->velocity[i]);
        out->rate[i] = 0.5 * (left->velocity[3 + i] + right->velocity[3 + i]);
        out->acceleration[i] = 0.5 * (left->drift[i] + right->drift[i]);
        out->rate_change[i] = 0.5 * (left->drift[3 + i] + right->drift[3 + i]);
    }
}

/* Motion of a point as seen from the moving stance frame, in its axes. */
static void see_point(const stance_frame *stance, const double *position, const double *velocity,
                      const double *acceleration, reference_point *out)
{
    double offset[3], rate[3], change[3], carried[3], twice[3];
    for (int i = 0; i < 3; i++) {
        offset[i] = position[i] - stance->origin[i];
        rate[i] = velocity[i] - stance->velocity[i];
        change[i] = acceleration[i] - stance->acceleration[i];
    }
    cross3(stance->rate, offset, carried);
    add_cross3(offset, stance->rate, rate);
    for (int i = 0; i < 3; i++)
        twice[i] = 2.0 * rate[i];
    /* less the frame's turning up, its centrifugal and Coriolis parts */
    add_cross3(offset, stance->rate_change, change);
    add_cross3(carried, stance->rate, change);
    add_cross3(twice, stance->rate, change);
    rotate_back3(stance->rotation, offset, out->position);
    rotate_back3(stance->rotation, rate, out->velocity);
    rotate_back3(stance->rotation, change, out->acceleration);
}

/* Turning of a body as seen from the moving stance frame, in its axes. */
static void see_turn(const stance_frame *stance, const double *rotation, const double *rate, const double *rate_change,
                     reference_turn *out)
{
    double difference[3], change[3];
    for (int i = 0; i < 3; i++) {
        difference[i] = rate[i] - stance->rate[i];
        change[i] = rate_change[i] - stance->rate_change[i];
    }
    add_cross3(difference, stance->rate, change);
    multiply_transposed3(stance->rotation, rotation, out->rotation);
    rotate_back3(stance->rotation, difference, out->rate);
    rotate_back3(stance->rotation, change, out->acceleration);
}

static void find_targets(reference_stream *stream, const rigid_body_model *model, const whole_body_layout *layout)
{
    const rigid_body_state *s = &stream->state;
    const double still[3] = {0.0, 0.0, 0.0};
    reference_targets *t = &stream->targets;
    double acceleration[3];
    stance_frame stance;
    find_stance(&s->frame[layout->foot_frame[0]], &s->frame[layout->foot_frame[1]], &stance);
    rigid_body_com_acceleration(model, s, acceleration);
    see_point(&stance, s->com, s->com_velocity, acceleration, &t->com);
    see_turn(&stance, s->rotation[0], s->velocity[0] + 3, still, &t->pelvis);
    const rigid_body_frame *torso = &s->frame[layout->torso_frame];
    see_turn(&stance, torso->rotation, torso->velocity + 3, torso->drift + 3, &t->torso);
    for (int h = 0; h < layout->hands; h++) {
        const rigid_body_frame *hand = &s->frame[layout->hand_frame[h]];
        see_point(&stance, hand->position, hand->velocity, hand->drift, &t->hand_point[h]);
        see_turn(&stance, hand->rotation, hand->velocity + 3, hand->drift + 3, &t->hand_turn[h]);
    }
}

void reference_evaluate(reference_stream *stream, const rigid_body_model *model, const whole_body_layout *layout,
                        const balance_parameters *p, int64_t now, double dt)
{
    double q[7 + RIGID_BODY_MAX_JOINTS] = {0, 0, 0, 0, 0, 0, 1}, v[RIGID_BODY_MAX_DOF] = {0};
    double left = 0.0, left_rate = 0.0;
    continuation go = {0};
    if (stream->source != REFERENCE_NONE) {
        double age = age_of(stream, now);
        go = continue_for(age, p->reference_extrapolation_time);
        stream->source = age > p->reference_stale_after ? REFERENCE_STALE : REFERENCE_LIVE;
    }
    stream->fade_age += dt;
    if (stream->fade_age < p->reference_blend_time) {
        double s = stream->fade_age / p->reference_blend_time;
        left = 1.0 - s * s * s * (10.0 + s * (6.0 * s - 15.0));
        left_rate = -30.0 * s * s * (1.0 - s) * (1.0 - s) / p->reference_blend_time;
    }
    for (int j = 0; j < model->joints; j++) {
        double velocity = stream->velocity[j], acceleration = stream->acceleration[j];
        stream->posture[j] = stream->joint[j] + go.distance * velocity + go.bend * acceleration + left * stream->fade[j];
        stream->posture_velocity[j] = go.speed * velocity + go.lag * acceleration + left_rate * stream->fade[j];
        stream->posture_acceleration[j] = go.accelerates * acceleration;
        q[7 + j] = stream->posture[j];
        v[6 + j] = stream->posture_velocity[j];
    }
    rigid_body_forward(model, &stream->state, q, v, stream->posture_acceleration);
    find_targets(stream, model, layout);
}
