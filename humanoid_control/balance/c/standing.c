/* SPDX-License-Identifier: Apache-2.0 */
#include "standing.h"

#include "posture_tasks.h"
#include "spatial.h"

/* Height of the centre of mass above the floor [m] between which the pendulum's frequency is believed. */
static const double LOWEST_PENDULUM = 0.3, HIGHEST_PENDULUM = 1.3;

void standing_latch(standing *s, const whole_body_layout *layout, const balance_parameters *p,
                    const rigid_body_state *state)
{
    double yaw[WHOLE_BODY_FEET];
    memset(s, 0, sizeof *s);
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        const rigid_body_frame *foot = &state->frame[layout->foot_frame[k]];
        yaw[k] = yaw_of(foot->rotation);
        memcpy(s->foot_position[k], foot->position, sizeof s->foot_position[k]);
        memcpy(s->foot_rotation[k], foot->rotation, sizeof s->foot_rotation[k]);
        support_add_sole(&s->polygon, foot->position, yaw[k], layout->sole_half_length, layout->sole_half_width);
        support_add_sole(&s->reach, foot->position, yaw[k], p->dcm_cop_half_length, p->dcm_cop_half_width);
        support_add_sole(&s->rest, foot->position, yaw[k], fmax(p->dcm_cop_half_length - p->dcm_com_margin, 0.0),
                         fmax(p->dcm_cop_half_width - p->dcm_com_margin, 0.0));
        for (int i = 0; i < 2; i++)
            s->stance_position[i] += foot->position[i] / WHOLE_BODY_FEET;
    }
    support_close(&s->polygon);
    support_close(&s->reach);
    support_close(&s->rest);
    s->stance_yaw = wrap_angle(yaw[0] + 0.5 * wrap_angle(yaw[1] - yaw[0]));
    yaw_matrix(s->stance_yaw, s->stance_rotation);
    s->latched = 1;
}

/* Centre of mass: horizontally by the centre of pressure, vertically by a spring and damper. */
static void com_task(standing *s, const balance_parameters *p, const rigid_body_state *state,
                     const reference_point *target, double out[3])
{
    double wanted[3], rate[3], change[3], pressure[2], nearest[2];
    double height = clamp(state->com[2] - s->stance_position[2], LOWEST_PENDULUM, HIGHEST_PENDULUM);
    double omega = sqrt(RIGID_BODY_GRAVITY / height);
    rotate3(s->stance_rotation, target->position, wanted);
    rotate3(s->stance_rotation, target->velocity, rate);
    rotate3(s->stance_rotation, target->acceleration, change);
    for (int i = 0; i < 3; i++)
        wanted[i] += s->stance_position[i];
    support_nearest(&s->rest, wanted, nearest);
    memcpy(wanted, nearest, sizeof nearest);
    for (int i = 0; i < 2; i++) {
        s->dcm[i] = state->com[i] + state->com_velocity[i] / omega;
        s->dcm_reference[i] = wanted[i] + rate[i] / omega;
        pressure[i] = wanted[i] - change[i] / (omega * omega) +
                      (1.0 + p->dcm_gain / omega) * (s->dcm[i] - s->dcm_reference[i]);
    }
    s->dcm_margin = support_nearest(&s->polygon, s->dcm, nearest);
    support_nearest(&s->reach, pressure, s->cop_target);
    for (int i = 0; i < 2; i++)
        out[i] = omega * omega * (state->com[i] - s->cop_target[i]);
    out[2] = change[2] + p->height_stiffness * (wanted[2] - state->com[2]) +
             p->height_damping * (rate[2] - state->com_velocity[2]);
}

/* Angular acceleration towards an orientation that turns in the stance frame. */
static void turn_task(const standing *s, const reference_turn *target, const double *rotation, const double *rate,
                      double stiffness, double damping, double out[3])
{
    double world[9], error[3], world_rate[3];
    multiply3(s->stance_rotation, target->rotation, world);
    rotate3(s->stance_rotation, target->rate, world_rate);
    rotate3(s->stance_rotation, target->acceleration, out);
    rotation_error(world, rotation, error);
    for (int i = 0; i < 3; i++)
        out[i] += stiffness * error[i] + damping * (world_rate[i] - rate[i]);
}

/* Hand pose with an outer integral that takes out what weight and friction leave, except in contact. */
static void hand_task(standing *s, int h, const balance_parameters *p, const rigid_body_frame *frame,
                      const reference_targets *target, const double *contact_force, double dt, double out[6])
{
    standing_hand *hand = &s->hand[h];
    const reference_point *point = &target->hand_point[h];
    const reference_turn *facing = &target->hand_turn[h];
    double position[3], velocity[3], rate[3], rotation[9], turn[3];
    rotate3(s->stance_rotation, point->position, position);
    rotate3(s->stance_rotation, point->velocity, velocity);
    rotate3(s->stance_rotation, point->acceleration, out);
    rotate3(s->stance_rotation, facing->rate, rate);
    rotate3(s->stance_rotation, facing->acceleration, out + 3);
    multiply3(s->stance_rotation, facing->rotation, rotation);
    rotation_error(rotation, frame->rotation, turn);
    double share = dt / (p->hand_force_filter_time + dt);
    int known = finite_residue(contact_force, 3) == 0.0;
    for (int i = 0; i < 3; i++) {
        position[i] += s->stance_position[i] - frame->position[i];
        if (known)
            hand->contact_force[i] += share * (contact_force[i] - hand->contact_force[i]);
    }
    hand->position_error = norm3(position);
    hand->rotation_error = norm3(turn);
    int moves_freely = known && norm3(hand->contact_force) < p->hand_contact_force;
    for (int i = 0; i < 3; i++) {
        if (moves_freely) {
            double step = p->hand_integral_rate * dt;
            hand->position_offset[i] = clamp(hand->position_offset[i] + step * position[i],
                                             -p->hand_integral_position_limit, p->hand_integral_position_limit);
            hand->rotation_offset[i] = clamp(hand->rotation_offset[i] + step * turn[i],
                                             -p->hand_integral_rotation_limit, p->hand_integral_rotation_limit);
        }
        out[i] += p->hand_stiffness * (position[i] + hand->position_offset[i]) +
                  p->hand_damping * (velocity[i] - frame->velocity[i]);
        out[3 + i] += p->hand_stiffness * (turn[i] + hand->rotation_offset[i]) +
                      p->hand_damping * (rate[i] - frame->velocity[3 + i]);
    }
}

/* A standing foot stays still; one that slipped or lost the floor goes back to where it was put down. */
static void foot_task(const standing *s, int k, const balance_parameters *p, const rigid_body_frame *frame, double out[6])
{
    double turn[3];
    rotation_error(s->foot_rotation[k], frame->rotation, turn);
    for (int i = 0; i < 3; i++) {
        out[i] = p->contact_stiffness * (s->foot_position[k][i] - frame->position[i]) -
                 p->contact_damping * frame->velocity[i];
        out[3 + i] = p->contact_stiffness * turn[i] - p->contact_damping * frame->velocity[3 + i];
    }
}

void standing_tasks(standing *s, const whole_body_layout *layout, const balance_parameters *p,
                    const rigid_body_model *model, const rigid_body_state *state, const reference_stream *reference,
                    const double *joint_angle, const double *joint_velocity,
                    const double contact_force[WHOLE_BODY_HANDS][3], double dt, whole_body_tasks *tasks)
{
    const reference_targets *target = &reference->targets;
    const rigid_body_frame *torso = &state->frame[layout->torso_frame];
    com_task(s, p, state, &target->com, tasks->com);
    for (int i = 0; i < 3; i++)
        tasks->momentum[i] = -p->momentum_damping * state->momentum[3 + i];
    turn_task(s, &target->pelvis, state->rotation[0], state->velocity[0] + 3, p->pelvis_stiffness,
              p->pelvis_damping, tasks->pelvis);
    turn_task(s, &target->torso, torso->rotation, torso->velocity + 3, p->torso_stiffness,
              p->torso_damping, tasks->torso);
    for (int h = 0; h < layout->hands; h++)
        hand_task(s, h, p, &state->frame[layout->hand_frame[h]], target, contact_force[h], dt, tasks->hand[h]);
    posture_tasks(reference, layout, p, 1.0, joint_angle, joint_velocity, tasks);
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        tasks->foot_mode[k] = WHOLE_BODY_STANCE;
        tasks->maximum_force[k] = 10.0 * model->total_mass * RIGID_BODY_GRAVITY;
        foot_task(s, k, p, &state->frame[layout->foot_frame[k]], tasks->foot[k]);
    }
}
