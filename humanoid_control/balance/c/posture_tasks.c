/* SPDX-License-Identifier: Apache-2.0 */
#include "posture_tasks.h"

void posture_tasks(const reference_stream *reference, const whole_body_layout *layout, const balance_parameters *p, double lead,
                   const double *joint_angle, const double *joint_velocity, whole_body_tasks *tasks)
{
    int free = layout->free_count, count = free + layout->other_count;
    for (int i = 0; i < count; i++) {
        int j = i < free ? layout->free_joint[i] : layout->other_joint[i - free];
        double stiffness = p->other_posture_stiffness, damping = p->other_posture_damping;
        if (i < layout->waist_count) {
            stiffness = p->waist_posture_stiffness;
            damping = p->waist_posture_damping;
        } else if (i < free) {
            stiffness = p->arm_posture_stiffness;
            damping = p->arm_posture_damping;
        }
        tasks->joint[j] = lead * reference->posture_acceleration[j] + stiffness * (reference->posture[j] - joint_angle[j]) +
                          damping * (reference->posture_velocity[j] - joint_velocity[j]);
    }
}
