/* SPDX-License-Identifier: Apache-2.0 */
#include "walk_tasks.h"

#include "posture_tasks.h"
#include "spatial.h"

/* Height of the centre of mass above the floor [m] between which the pendulum's length is believed. */
static const double LOWEST_PENDULUM = 0.3, HIGHEST_PENDULUM = 1.3;

/* The controller's gains with the weights of stepping, its layout without hand tasks. */
static void adopt(walking *w, const balance_parameters *p, const whole_body_layout *layout)
{
    const walk_parameters *own = &w->parameters;
    w->gains = *p;
    w->gains.weight_com = own->weight_com;
    w->gains.weight_pelvis = own->weight_pelvis;
    w->gains.weight_torso = own->weight_torso;
    w->gains.weight_swing = own->weight_swing;
    w->gains.weight_momentum = own->weight_momentum;
    w->gains.weight_waist_posture = own->weight_waist_posture;
    w->gains.weight_arm_posture = own->weight_arm_posture;
    w->layout = *layout;
    w->layout.hands = 0;
}

static void measure(const walking *w, const whole_body_layout *layout, const rigid_body_state *state,
                    const reference_stream *reference, walk_input *in)
{
    memset(in, 0, sizeof *in);
    in->com_height = clamp(reference->targets.com.position[2], LOWEST_PENDULUM, HIGHEST_PENDULUM);
    memcpy(in->com, state->com, sizeof in->com);
    memcpy(in->com_velocity, state->com_velocity, sizeof in->com_velocity);
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        const rigid_body_frame *sole = &state->frame[layout->foot_frame[k]];
        memcpy(in->sole_position[k], sole->position, sizeof in->sole_position[k]);
        in->sole_yaw[k] = yaw_of(sole->rotation);
    }
    in->walk = w->commanded;
    memcpy(in->velocity, w->velocity, sizeof in->velocity);
}

int walking_stand(walking *w, const whole_body_layout *layout, const rigid_body_state *state,
                  const reference_stream *reference)
{
    walk_input in;
    measure(w, layout, state, reference, &in);
    in.dt = 1e-3; /* not used */
    w->out.mode = WALK_STANDING;
    return walk_stand(&w->gait, &in);
}

int walking_update(walking *w, const whole_body_layout *layout, const rigid_body_state *state,
                   const reference_stream *reference, const double force[WHOLE_BODY_FEET], double dt)
{
    walk_input in;
    measure(w, layout, state, reference, &in);
    in.dt = dt;
    memcpy(in.force, force, sizeof in.force);
    return walk_tick(&w->gait, &w->parameters, &in, &w->out);
}

/* Angular acceleration towards an orientation given relative to the heading. */
static void turn_task(const double heading[9], const double *wanted, const double *rotation, const double *rate,
                      double stiffness, double damping, double out[3])
{
    double world[9], error[3];
    multiply3(heading, wanted, world);
    rotation_error(world, rotation, error);
    for (int i = 0; i < 3; i++)
        out[i] = stiffness * error[i] - damping * rate[i];
}

static void swing_task(const walking *w, const rigid_body_frame *sole, double out[6])
{
    const walk_parameters *p = &w->parameters;
    const walk_swing *swing = &w->out.swing;
    double level[9], error[3];
    yaw_matrix(swing->position[WALK_SWING_YAW], level);
    rotation_error(level, sole->rotation, error);
    const double rate[3] = {0.0, 0.0, swing->velocity[WALK_SWING_YAW]};
    const double spin[3] = {0.0, 0.0, swing->acceleration[WALK_SWING_YAW]};
    for (int i = 0; i < 3; i++) {
        out[i] = swing->acceleration[i] + p->swing_stiffness * (swing->position[i] - sole->position[i]) +
                 p->swing_damping * (swing->velocity[i] - sole->velocity[i]);
        out[3 + i] = spin[i] + p->swing_stiffness * error[i] + p->swing_damping * (rate[i] - sole->velocity[3 + i]);
    }
}

void walking_tasks(walking *w, const balance_parameters *parameters, const whole_body_layout *controller_layout,
                   const rigid_body_model *model, const rigid_body_state *state, const reference_stream *reference,
                   const double *joint_angle, const double *joint_velocity, whole_body_tasks *tasks)
{
    adopt(w, parameters, controller_layout);
    const balance_parameters *p = &w->gains;
    const whole_body_layout *layout = &w->layout;
    const rigid_body_frame *torso = &state->frame[layout->torso_frame];
    double heading[9], height = w->gait.floor + reference->targets.com.position[2];
    memcpy(tasks->com, w->out.com_acceleration, sizeof w->out.com_acceleration);
    tasks->com[2] = p->height_stiffness * (height - state->com[2]) - p->height_damping * state->com_velocity[2];
    for (int i = 0; i < 3; i++)
        tasks->momentum[i] = -p->momentum_damping * state->momentum[3 + i];
    yaw_matrix(w->out.heading, heading);
    turn_task(heading, reference->targets.pelvis.rotation, state->rotation[0], state->velocity[0] + 3, p->pelvis_stiffness,
              p->pelvis_damping, tasks->pelvis);
    turn_task(heading, reference->targets.torso.rotation, torso->rotation, torso->velocity + 3, p->torso_stiffness,
              p->torso_damping, tasks->torso);
    posture_tasks(reference, layout, p, 0.0, joint_angle, joint_velocity, tasks);
    for (int k = 0; k < WHOLE_BODY_FEET; k++) {
        const rigid_body_frame *sole = &state->frame[layout->foot_frame[k]];
        int swings = k == w->out.swing_foot;
        tasks->foot_mode[k] = swings ? WHOLE_BODY_SWING : WHOLE_BODY_STANCE;
        tasks->maximum_force[k] = w->out.load_limit[k] * model->total_mass * RIGID_BODY_GRAVITY;
        if (swings)
            swing_task(w, sole, tasks->foot[k]);
        else
            for (int i = 0; i < 6; i++)
                tasks->foot[k][i] = -p->contact_damping * sole->velocity[i];
    }
}
