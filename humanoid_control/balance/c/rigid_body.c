/* SPDX-License-Identifier: Apache-2.0 */
#include "rigid_body.h"

#include "spatial.h"

size_t rigid_body_model_size(void)
{
    return sizeof(rigid_body_model);
}

size_t rigid_body_state_size(void)
{
    return sizeof(rigid_body_state);
}

int rigid_body_model_init(rigid_body_model *model, int joints, const int *parent, const double *placement,
                          const double *axis, const double *inertia, const double *armature)
{
    memset(model, 0, sizeof *model);
    if (joints < 0 || joints > RIGID_BODY_MAX_JOINTS)
        return RIGID_BODY_TOO_MANY;
    if (finite_residue(placement, 12 * joints) + finite_residue(axis, 3 * joints) +
            finite_residue(inertia, 13 * (joints + 1)) + finite_residue(armature, joints) != 0.0)
        return RIGID_BODY_BAD_VALUE;
    model->joints = joints;
    model->dof = 6 + joints;
    model->parent[0] = -1;
    for (int i = 1; i <= joints; i++) {
        if (parent[i - 1] < 0 || parent[i - 1] >= i)
            return RIGID_BODY_BAD_PARENT;
        if (fabs(norm3(axis + 3 * (i - 1)) - 1.0) > 1e-9)
            return RIGID_BODY_BAD_VALUE;
        model->parent[i] = parent[i - 1];
        memcpy(model->rotation[i], placement + 12 * (i - 1), 9 * sizeof(double));
        memcpy(model->position[i], placement + 12 * (i - 1) + 9, 3 * sizeof(double));
        memcpy(model->axis[i], axis + 3 * (i - 1), 3 * sizeof(double));
        model->armature[i] = armature[i - 1];
    }
    for (int b = 0; b <= joints; b++) {
        model->mass[b] = inertia[13 * b];
        memcpy(model->com[b], inertia + 13 * b + 1, 3 * sizeof(double));
        memcpy(model->inertia[b], inertia + 13 * b + 4, 9 * sizeof(double));
        model->total_mass += model->mass[b];
    }
    return model->total_mass > 0.0 ? RIGID_BODY_OK : RIGID_BODY_BAD_VALUE;
}

int rigid_body_add_frame(rigid_body_model *model, int body, const double *placement)
{
    if (model->frames == RIGID_BODY_MAX_FRAMES)
        return RIGID_BODY_TOO_MANY;
    if (body < 0 || body > model->joints)
        return RIGID_BODY_BAD_PARENT;
    if (finite_residue(placement, 12) != 0.0)
        return RIGID_BODY_BAD_VALUE;
    model->frame_body[model->frames] = body;
    memcpy(model->frame_rotation[model->frames], placement, 9 * sizeof(double));
    memcpy(model->frame_position[model->frames], placement + 9, 3 * sizeof(double));
    return model->frames++;
}

/* Rotation about a unit axis (Rodrigues). */
INLINE void axis_rotation(const double axis[3], double angle, double r[9])
{
    double s = sin(angle), c = cos(angle), t = 1.0 - c;
    double x = axis[0], y = axis[1], z = axis[2];
    r[0] = c + t * x * x;
    r[1] = t * x * y - s * z;
    r[2] = t * x * z + s * y;
    r[3] = t * x * y + s * z;
    r[4] = c + t * y * y;
    r[5] = t * y * z - s * x;
    r[6] = t * x * z - s * y;
    r[7] = t * y * z + s * x;
    r[8] = c + t * z * z;
}

INLINE void update_frame(const rigid_body_model *model, rigid_body_state *s, int number)
{
    int b = model->frame_body[number];
    rigid_body_frame *f = &s->frame[number];
    const double *velocity = s->velocity[b], *acceleration = s->acceleration[b];
    multiply3(s->rotation[b], model->frame_rotation[number], f->rotation);
    rotate3(s->rotation[b], model->frame_position[number], f->offset);
    for (int i = 0; i < 3; i++) {
        f->offset[i] += s->offset[b][i];
        f->position[i] = s->base_position[i] + f->offset[i];
        f->velocity[i] = velocity[i];
        f->velocity[3 + i] = velocity[3 + i];
        f->drift[i] = acceleration[i];
        f->drift[3 + i] = acceleration[3 + i];
    }
    add_cross3(velocity + 3, f->offset, f->velocity);
    f->drift[2] -= RIGID_BODY_GRAVITY;
    add_cross3(acceleration + 3, f->offset, f->drift);
    add_cross3(velocity + 3, f->velocity, f->drift);
}

VECTOR_CLONES
void rigid_body_forward(const rigid_body_model *model, rigid_body_state *s, const double *q, const double *v,
                        const double *joint_acceleration)
{
    memcpy(s->base_position, q, 3 * sizeof(double));
    quaternion_to_matrix(q + 3, s->rotation[0]);
    memset(s->offset[0], 0, sizeof s->offset[0]);
    rotate3(s->rotation[0], v, s->velocity[0]);
    rotate3(s->rotation[0], v + 3, s->velocity[0] + 3);
    memset(s->acceleration[0], 0, sizeof s->acceleration[0]);
    s->acceleration[0][2] = RIGID_BODY_GRAVITY;
    for (int i = 1; i <= model->joints; i++) {
        int p = model->parent[i];
        double joint[9], turned[9], *motion = s->motion[i], *velocity = s->velocity[i], rate = v[5 + i];
        axis_rotation(model->axis[i], q[6 + i], joint);
        multiply3(s->rotation[p], model->rotation[i], turned);
        multiply3(turned, joint, s->rotation[i]);
        rotate3(s->rotation[p], model->position[i], s->offset[i]);
        for (int k = 0; k < 3; k++)
            s->offset[i][k] += s->offset[p][k];
        rotate3(turned, model->axis[i], motion + 3);
        cross3(s->offset[i], motion + 3, motion);
        double *acceleration = s->acceleration[i], moved[6], rise = joint_acceleration ? joint_acceleration[i - 1] : 0.0;
        for (int k = 0; k < 6; k++) {
            moved[k] = motion[k] * rate;
            velocity[k] = s->velocity[p][k] + moved[k];
            acceleration[k] = s->acceleration[p][k] + motion[k] * rise;
        }
        add_cross3(velocity + 3, moved, acceleration);
        add_cross3(velocity, moved + 3, acceleration);
        add_cross3(velocity + 3, moved + 3, acceleration + 3);
    }
    double moment[3] = {0, 0, 0}, linear[3] = {0, 0, 0};
    for (int b = 0; b <= model->joints; b++) {
        double point_velocity[3];
        rotate3(s->rotation[b], model->com[b], s->body_com[b]);
        for (int k = 0; k < 3; k++) {
            s->body_com[b][k] += s->offset[b][k];
            point_velocity[k] = s->velocity[b][k];
        }
        add_cross3(s->velocity[b] + 3, s->body_com[b], point_velocity);
        for (int k = 0; k < 3; k++) {
            moment[k] += model->mass[b] * s->body_com[b][k];
            linear[k] += model->mass[b] * point_velocity[k];
        }
    }
    for (int k = 0; k < 3; k++) {
        s->com[k] = s->base_position[k] + moment[k] / model->total_mass;
        s->com_velocity[k] = linear[k] / model->total_mass;
    }
    for (int f = 0; f < model->frames; f++)
        update_frame(model, s, f);
}

void rigid_body_com_acceleration(const rigid_body_model *model, const rigid_body_state *s, double out[3])
{
    double sum[3] = {0, 0, 0};
    for (int b = 0; b <= model->joints; b++) {
        double velocity[3], acceleration[3];
        memcpy(velocity, s->velocity[b], sizeof velocity);
        memcpy(acceleration, s->acceleration[b], sizeof acceleration);
        add_cross3(s->velocity[b] + 3, s->body_com[b], velocity);
        add_cross3(s->acceleration[b] + 3, s->body_com[b], acceleration);
        add_cross3(s->velocity[b] + 3, velocity, acceleration);
        for (int k = 0; k < 3; k++)
            sum[k] += model->mass[b] * acceleration[k];
    }
    for (int k = 0; k < 3; k++)
        out[k] = sum[k] / model->total_mass - (k == 2 ? RIGID_BODY_GRAVITY : 0.0);
}

/* Mass, first moment and inertia about the base origin: one body's, then summed over subtrees. */
typedef struct composite {
    double mass, moment[3], inertia[9];
} composite;

INLINE void body_inertia(const rigid_body_model *model, const rigid_body_state *s, int b, composite *out)
{
    double turned[9], mass = model->mass[b];
    const double *c = s->body_com[b];
    multiply3(s->rotation[b], model->inertia[b], turned);
    multiply_by_transposed3(turned, s->rotation[b], out->inertia);
    double square = mass * dot3(c, c);
    for (int i = 0; i < 3; i++) {
        out->moment[i] = mass * c[i];
        for (int j = 0; j < 3; j++)
            out->inertia[3 * i + j] -= mass * c[i] * c[j];
        out->inertia[4 * i] += square;
    }
    out->mass = mass;
}

/* Momentum (linear; angular about the base origin) of an inertia moving with `motion`. */
INLINE void inertia_times(const composite *body, const double motion[6], double out[6])
{
    rotate3(body->inertia, motion + 3, out + 3);
    add_cross3(body->moment, motion, out + 3);
    cross3(motion + 3, body->moment, out);
    for (int k = 0; k < 3; k++)
        out[k] += body->mass * motion[k];
}

/* Columns of mass and momentum matrix that belong to the base, from the composite inertia of everything. */
static void base_columns(rigid_body_state *s, const composite *all, const double *centre)
{
    const double *r = s->rotation[0];
    for (int k = 0; k < 3; k++) {
        double axis[3] = {r[k], r[3 + k], r[6 + k]};
        double translation[6] = {axis[0], axis[1], axis[2], 0, 0, 0}, turn[6] = {0, 0, 0, axis[0], axis[1], axis[2]};
        for (int part = 0; part < 2; part++) {
            int column = 3 * part + k;
            double momentum[6], shift[3];
            inertia_times(all, part ? turn : translation, momentum);
            rotate_back3(r, momentum, shift);
            for (int i = 0; i < 3; i++)
                s->mass_matrix[i][column] = shift[i];
            rotate_back3(r, momentum + 3, shift);
            for (int i = 0; i < 3; i++)
                s->mass_matrix[3 + i][column] = shift[i];
            cross3(centre, momentum, shift);
            for (int i = 0; i < 3; i++) {
                s->momentum_matrix[i][column] = momentum[i];
                s->momentum_matrix[3 + i][column] = momentum[3 + i] - shift[i];
            }
        }
    }
}

VECTOR_CLONES
void rigid_body_dynamics(const rigid_body_model *model, rigid_body_state *s)
{
    composite inertia[RIGID_BODY_MAX_JOINTS + 1];
    double force[RIGID_BODY_MAX_JOINTS + 1][6], momentum[6] = {0}, part[6], shift[3], centre[3];
    for (int b = 0; b <= model->joints; b++) {
        double *f = force[b];
        body_inertia(model, s, b, &inertia[b]);
        inertia_times(&inertia[b], s->acceleration[b], f);
        inertia_times(&inertia[b], s->velocity[b], part);
        add_cross3(s->velocity[b] + 3, part, f);
        add_cross3(s->velocity[b] + 3, part + 3, f + 3);
        add_cross3(s->velocity[b], part, f + 3);
        for (int k = 0; k < 6; k++)
            momentum[k] += part[k];
    }
    for (int k = 0; k < 3; k++)
        centre[k] = s->com[k] - s->base_position[k];
    for (int i = model->joints; i >= 1; i--) {
        int p = model->parent[i], column = 5 + i;
        const double *motion = s->motion[i];
        double f[6];
        double bias = 0.0;
        for (int k = 0; k < 6; k++) {
            bias += motion[k] * force[i][k];
            force[p][k] += force[i][k];
        }
        s->bias[column] = bias;
        inertia_times(&inertia[i], motion, f);
        inertia[p].mass += inertia[i].mass;
        for (int k = 0; k < 3; k++)
            inertia[p].moment[k] += inertia[i].moment[k];
        for (int k = 0; k < 9; k++)
            inertia[p].inertia[k] += inertia[i].inertia[k];
        for (int j = i; j > 0; j = model->parent[j]) {
            const double *other = s->motion[j];
            double entry = dot3(other, f) + dot3(other + 3, f + 3);
            s->mass_matrix[column][5 + j] = s->mass_matrix[5 + j][column] = entry;
        }
        s->mass_matrix[column][column] += model->armature[i];
        double linear[3], angular[3];
        rotate_back3(s->rotation[0], f, linear);
        rotate_back3(s->rotation[0], f + 3, angular);
        cross3(centre, f, shift);
        for (int k = 0; k < 3; k++) {
            s->mass_matrix[k][column] = s->mass_matrix[column][k] = linear[k];
            s->mass_matrix[3 + k][column] = s->mass_matrix[column][3 + k] = angular[k];
            s->momentum_matrix[k][column] = f[k];
            s->momentum_matrix[3 + k][column] = f[3 + k] - shift[k];
        }
    }
    rotate_back3(s->rotation[0], force[0], s->bias);
    rotate_back3(s->rotation[0], force[0] + 3, s->bias + 3);
    base_columns(s, &inertia[0], centre);
    memcpy(s->momentum, momentum, sizeof momentum);
    cross3(centre, momentum, shift);
    memcpy(s->momentum_drift, force[0], sizeof force[0]);
    s->momentum_drift[2] -= model->total_mass * RIGID_BODY_GRAVITY;
    for (int k = 0; k < 3; k++)
        s->momentum[3 + k] -= shift[k];
    cross3(centre, force[0], shift);
    for (int k = 0; k < 3; k++)
        s->momentum_drift[3 + k] -= shift[k];
}

void rigid_body_jacobian(const rigid_body_model *model, const rigid_body_state *s, int frame,
                         double jacobian[6][RIGID_BODY_MAX_DOF])
{
    const double *r = s->rotation[0], *offset = s->frame[frame].offset;
    memset(jacobian, 0, 6 * sizeof jacobian[0]);
    for (int k = 0; k < 3; k++) {
        double axis[3] = {r[k], r[3 + k], r[6 + k]}, linear[3];
        cross3(axis, offset, linear);
        for (int i = 0; i < 3; i++) {
            jacobian[i][k] = axis[i];
            jacobian[i][3 + k] = linear[i];
            jacobian[3 + i][3 + k] = axis[i];
        }
    }
    for (int b = model->frame_body[frame]; b > 0; b = model->parent[b]) {
        const double *motion = s->motion[b];
        double linear[3];
        cross3(motion + 3, offset, linear);
        for (int i = 0; i < 3; i++) {
            jacobian[i][5 + b] = motion[i] + linear[i];
            jacobian[3 + i][5 + b] = motion[3 + i];
        }
    }
}

void rigid_body_chain(const rigid_body_model *model, int frame, const double *joint_angle, const double *joint_velocity,
                      double *position, double *rotation, double *velocity)
{
    double local[3], turn[9], joint[9], turned[9], axis[3];
    memcpy(position, model->frame_position[frame], 3 * sizeof(double));
    memcpy(rotation, model->frame_rotation[frame], 9 * sizeof(double));
    memset(velocity, 0, 6 * sizeof(double));
    for (int b = model->frame_body[frame]; b > 0; b = model->parent[b]) {
        for (int k = 0; k < 3; k++)
            axis[k] = model->axis[b][k] * joint_velocity[b - 1];
        add_cross3(axis, position, velocity); /* the joint frame's own axis, before the turn: axis is invariant */
        for (int k = 0; k < 3; k++)
            velocity[3 + k] += axis[k];
        axis_rotation(model->axis[b], joint_angle[b - 1], joint);
        multiply3(model->rotation[b], joint, turn);
        multiply3(turn, rotation, turned);
        memcpy(rotation, turned, sizeof turned);
        rotate3(turn, position, local);
        for (int k = 0; k < 3; k++)
            position[k] = local[k] + model->position[b][k];
        rotate3(turn, velocity, local);
        memcpy(velocity, local, sizeof local);
        rotate3(turn, velocity + 3, local);
        memcpy(velocity + 3, local, sizeof local);
    }
}
