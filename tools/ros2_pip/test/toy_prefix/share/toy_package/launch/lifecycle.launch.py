# SPDX-License-Identifier: Apache-2.0
"""A lifecycle node that is configured and activated."""
import lifecycle_msgs.msg
from launch import LaunchDescription
from launch.actions import EmitEvent, LogInfo, RegisterEventHandler, Shutdown
from launch.events import matches_action
from launch_ros.actions import LifecycleNode
from launch_ros.event_handlers import OnStateTransition
from launch_ros.events.lifecycle import ChangeState


def generate_launch_description():
    node = LifecycleNode(package='toy_package', executable='lifecycle_talker', name='lifecycle_talker', namespace='',
                         output='screen')

    def change(transition):
        return EmitEvent(event=ChangeState(lifecycle_node_matcher=matches_action(node), transition_id=transition))

    return LaunchDescription([
        node,
        RegisterEventHandler(OnStateTransition(target_lifecycle_node=node, goal_state='inactive', entities=[
            LogInfo(msg='is inactive'), change(lifecycle_msgs.msg.Transition.TRANSITION_ACTIVATE)])),
        RegisterEventHandler(OnStateTransition(target_lifecycle_node=node, goal_state='active', entities=[
            LogInfo(msg='is active'), Shutdown(reason='done')])),
        change(lifecycle_msgs.msg.Transition.TRANSITION_CONFIGURE),
    ])
