# SPDX-License-Identifier: Apache-2.0
#
# Included by the interface packages before any find_package(), when scikit-build-core
# (and not colcon) configures them against ROS 2 wheels from PyPI.

if(NOT SKBUILD)
  return()
endif()

# The wheels install into the interpreter's prefix: share/ and lib/ lie there as in /opt/ros.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
execute_process(
  COMMAND "${Python3_EXECUTABLE}" -c "import sys; print(sys.prefix)"
  OUTPUT_VARIABLE ROS_WHEELS_PREFIX
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
list(PREPEND CMAKE_PREFIX_PATH "${ROS_WHEELS_PREFIX}")
# rosidl's generators read the environment, not CMake's variables.
set(ENV{AMENT_PREFIX_PATH} "${ROS_WHEELS_PREFIX}")

# Libraries land in <prefix>/lib, Python extensions in <prefix>/lib/pythonX.Y/site-packages/<package>.
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../../..")

# The targets that the wheels export name include folders of the machine that built the wheels.
# CMake refuses an imported target with an include folder that doesn't exist, so those are dropped.
function(drop_missing_include_folders)
  get_property(targets DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(folders "${target}" INTERFACE_INCLUDE_DIRECTORIES)
    if(NOT folders)
      continue()
    endif()
    set(present "")
    foreach(folder IN LISTS folders)
      if(NOT IS_ABSOLUTE "${folder}" OR EXISTS "${folder}")
        list(APPEND present "${folder}")
      endif()
    endforeach()
    set_target_properties("${target}" PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${present}")
  endforeach()
endfunction()
cmake_language(DEFER CALL drop_missing_include_folders)
