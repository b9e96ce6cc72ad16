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

/* How far a reference of this age [s] is continued (factor of its velocity) and its remaining velocity (0..1). */
INLINE void continuation(double age, double time, double *distance, double *speed)
{
    double braking = clamp(age - time, 0.0, time);
    *distance = clamp(age, 0.0, time) + braking - (time > 0.0 ? braking * braking / (2.0 * time) : 0.0);
    *speed = time > 0.0 ? 1.0 - braking / time : 0.0;
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
    double distance = 0.0, speed = 0.0, step = 0.0;
    continuation(stream->source == REFERENCE_NONE ? 0.0 : (double)(stamp - stream->stamp) * 1e-9,
                 p->reference_extrapolation_time, &distance, &speed);
    for (int j = 0; j < model->joints; j++)
        step = fmax(step, fabs(joint[j] - stream->joint[j] - distance * stream->velocity[j]));
    int jumps = stream->source != REFERENCE_LIVE || step > p->reference_jump;
    for (int j = 0; j < model->joints; j++) {
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

/* Pose and velocity relative to the stance frame. */
typedef struct stance_frame {
    double rotation[9], origin[3], velocity[3], rate[3];
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
    }
}

static void relative_point(const stance_frame *stance, const double *position, const double *velocity,
                           double *position_out, double *velocity_out)
{
    double offset[3], rate[3];
    for (int i = 0; i < 3; i++) {
        offset[i] = position[i] - stance->origin[i];
        rate[i] = velocity[i] - stance->velocity[i];
    }
    add_cross3(offset, stance->rate, rate);
    rotate_back3(stance->rotation, offset, position_out);
    rotate_back3(stance->rotation, rate, velocity_out);
}

static void relative_turn(const stance_frame *stance, const double *rotation, const double *rate, double *rotation_out,
                          double *rate_out)
{
    double difference[3];
    for (int i = 0; i < 3; i++)
        difference[i] = rate[i] - stance->rate[i];
    multiply_transposed3(stance->rotation, rotation, rotation_out);
    rotate_back3(stance->rotation, difference, rate_out);
}

void reference_evaluate(reference_stream *stream, const rigid_body_model *model, const whole_body_layout *layout,
                        const balance_parameters *p, int64_t now, double dt)
{
    double q[7 + RIGID_BODY_MAX_JOINTS] = {0, 0, 0, 0, 0, 0, 1}, v[RIGID_BODY_MAX_DOF] = {0};
    double distance = 0.0, speed = 0.0, left = 0.0, left_rate = 0.0;
    if (stream->source != REFERENCE_NONE) {
        double age = age_of(stream, now);
        continuation(age, p->reference_extrapolation_time, &distance, &speed);
        stream->source = age > p->reference_stale_after ? REFERENCE_STALE : REFERENCE_LIVE;
    }
    stream->fade_age += dt;
    if (stream->fade_age < p->reference_blend_time) {
        double s = stream->fade_age / p->reference_blend_time;
        left = 1.0 - s * s * s * (10.0 + s * (6.0 * s - 15.0));
        left_rate = -30.0 * s * s * (1.0 - s) * (1.0 - s) / p->reference_blend_time;
    }
    for (int j = 0; j < model->joints; j++) {
        stream->posture[j] = stream->joint[j] + distance * stream->velocity[j] + left * stream->fade[j];
        stream->posture_velocity[j] = speed * stream->velocity[j] + left_rate * stream->fade[j];
        q[7 + j] = stream->posture[j];
        v[6 + j] = stream->posture_velocity[j];
    }
    rigid_body_state *s = &stream->state;
    reference_targets *t = &stream->targets;
    stance_frame stance;
    rigid_body_forward(model, s, q, v);
    find_stance(&s->frame[layout->foot_frame[0]], &s->frame[layout->foot_frame[1]], &stance);
    relative_point(&stance, s->com, s->com_velocity, t->com, t->com_velocity);
    relative_turn(&stance, s->rotation[0], s->velocity[0] + 3, t->pelvis, t->pelvis_rate);
    const rigid_body_frame *torso = &s->frame[layout->torso_frame];
    relative_turn(&stance, torso->rotation, torso->velocity + 3, t->torso, t->torso_rate);
    for (int h = 0; h < layout->hands; h++) {
        const rigid_body_frame *hand = &s->frame[layout->hand_frame[h]];
        relative_point(&stance, hand->position, hand->velocity, t->hand_position[h], t->hand_velocity[h]);
        relative_turn(&stance, hand->rotation, hand->velocity + 3, t->hand_rotation[h], t->hand_rate[h]);
    }
}
