// SPDX-License-Identifier: GPL-3.0-or-later
// A stand-in for Open MPI's library, for clusters of computers, with which Debian's LibTorch is linked and which Pastiche has no use for.
// It is loaded under that library's name before LibTorch is (host/door.cpp), which then keeps to it. The real one brings UCX along, which
// as soon as it is loaded moves the end of the heap forth and back, so that memory which another thread of the process gets meanwhile is
// gone again, and takes signals for itself: nothing to load into GIMP.
#include <cstdlib>

#define FUNCTION(name)                                                                                                                     \
  extern "C" [[gnu::visibility("default")]] void name();                                                                                   \
  void name() { std::abort(); }

// Of these only the addresses are taken.
#define OBJECT(name)                                                                                                                       \
  extern "C" {                                                                                                                             \
  [[gnu::visibility("default")]] char name[1024];                                                                                          \
  }

// What LibTorch 2.6 and Gloo ask for.
FUNCTION(MPIX_Query_cuda_support)
FUNCTION(MPI_Abort)
FUNCTION(MPI_Allgather)
FUNCTION(MPI_Allreduce)
FUNCTION(MPI_Alltoall)
FUNCTION(MPI_Alltoallv)
FUNCTION(MPI_Barrier)
FUNCTION(MPI_Bcast)
FUNCTION(MPI_Comm_create)
FUNCTION(MPI_Comm_dup)
FUNCTION(MPI_Comm_free)
FUNCTION(MPI_Comm_group)
FUNCTION(MPI_Comm_rank)
FUNCTION(MPI_Comm_size)
FUNCTION(MPI_Error_string)
FUNCTION(MPI_Finalize)
FUNCTION(MPI_Gather)
FUNCTION(MPI_Group_free)
FUNCTION(MPI_Group_incl)
FUNCTION(MPI_Init)
FUNCTION(MPI_Init_thread)
FUNCTION(MPI_Initialized)
FUNCTION(MPI_Irecv)
FUNCTION(MPI_Isend)
FUNCTION(MPI_Reduce)
FUNCTION(MPI_Scatter)
FUNCTION(MPI_Test)
FUNCTION(MPI_Wait)
OBJECT(ompi_mpi_byte)
OBJECT(ompi_mpi_char)
OBJECT(ompi_mpi_comm_null)
OBJECT(ompi_mpi_comm_world)
OBJECT(ompi_mpi_double)
OBJECT(ompi_mpi_float)
OBJECT(ompi_mpi_int)
OBJECT(ompi_mpi_long)
OBJECT(ompi_mpi_op_max)
OBJECT(ompi_mpi_op_min)
OBJECT(ompi_mpi_op_prod)
OBJECT(ompi_mpi_op_sum)
OBJECT(ompi_mpi_short)
OBJECT(ompi_mpi_unsigned_char)
OBJECT(ompi_mpi_unsigned_long)
OBJECT(ompi_request_null)
